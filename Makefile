# Every target does the set-up it needs the first time; see README.md.
PORT ?= 5005
VENV ?= .venv
PYTHON_BIN = $(VENV)/bin/python
export PORT VENV

help: ## this list
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 14

setup: ## make .venv with what the bot needs
	@scripts/setup.sh

setup-dev:
	@scripts/setup.sh dev

run: setup ## train if needed, and serve at http://localhost:5005 (PORT=... for another port)
	@exec $(PYTHON_BIN) -m bot run --port $(PORT)

chat: setup ## talk to the bot in the terminal
	@exec $(PYTHON_BIN) -m bot chat

train: setup ## train the model if data, settings or language model changed
	@$(PYTHON_BIN) -m bot train

content: setup-dev ## check the knowledge base and show what it covers
	@$(PYTHON_BIN) -m bot content

rapport: setup ## write build/rapport.html: what people struggle with (ARGS="--van 2026-11-01 --csv build/csv")
	@$(PYTHON_BIN) -m bot rapport $(ARGS)

taalmodel: setup ## install the larger language model nl_core_news_md (needs access to its release page)
	@$(PYTHON_BIN) -m bot taalmodel

actions: setup ## run the custom actions as a server of their own (see docs)
	@exec $(PYTHON_BIN) -m rasa_sdk --actions actions

test: setup-dev ## all checks and tests
	@scripts/test.sh

test-failure: setup-dev ## kill processes, take databases away, fill the disk, and see that nothing is lost (10 minutes)
	@$(PYTHON_BIN) -m pytest tests/failure

bench: setup-dev ## measure speed and memory beside Rasa's starter bot
	@$(PYTHON_BIN) -m benchmarks.starter

.PHONY: help setup setup-dev run chat train content rapport taalmodel actions test test-failure bench
