# A thin cover over start.py, which lists and explains every command: python3 start.py help
# Arguments go in ARGS: make test ARGS="-k notation"

PYTHON ?= python3
COMMANDS := run test lint types bench backends ray help

.PHONY: $(COMMANDS)
.DEFAULT_GOAL := help

$(COMMANDS):
	@$(PYTHON) start.py $@ $(ARGS)
