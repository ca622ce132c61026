# pare: sparse checkouts and squashed history for git. MIT licence.
#
#   make            build git-pare and its links into build/
#   make demo       install what is missing, build, show the main job
#   make check      install what is missing, build, lint, run every test
#   make deps       install the libraries with the system's package manager
#   make test       the tests alone (T=pattern picks some)
#   make lint       layers, headers, help = manual = completion
#   make bench      measure against git (tests/bench)
#   make fuzz       libFuzzer over every parser (clang; FUZZ_SECONDS=60 each)
#   make install    DESTDIR= PREFIX=/usr/local; make uninstall takes it back
#   make clean
#
#   SANITIZE=address,undefined   build with sanitizers, into build/<that>/
#   V=1                          show the commands
#   CC=clang                     another compiler

CC ?= cc
AR ?= ar
PKG_CONFIG ?= pkg-config
INSTALL ?= install
PREFIX ?= /usr/local
bindir ?= $(PREFIX)/bin
mandir ?= $(PREFIX)/share/man
libdir ?= $(PREFIX)/lib
includedir ?= $(PREFIX)/include
datadir ?= $(PREFIX)/share
bashcompdir ?= $(datadir)/bash-completion/completions
zshcompdir ?= $(datadir)/zsh/site-functions
fishcompdir ?= $(datadir)/fish/vendor_completions.d

VERSION := 0.1.0
SANITIZE ?=
V ?= 0
comma := ,
B := build$(if $(SANITIZE),/$(subst $(comma),-,$(SANITIZE)))$(if $(filter clang%,$(notdir $(CC))),/clang)

## Build phase

LIBS_NEEDED := libgit2 inih jansson nettle
PKG_CFLAGS = $(shell $(PKG_CONFIG) --cflags $(LIBS_NEEDED))
PKG_LIBS = $(shell $(PKG_CONFIG) --libs $(LIBS_NEEDED))
CMOCKA_LIBS = $(shell $(PKG_CONFIG) --libs cmocka)

WARNINGS := -Wall -Wextra -Wshadow -Wstrict-prototypes -Wmissing-prototypes \
	-Wwrite-strings -Wpointer-arith -Wvla -Werror=implicit
CFLAGS ?= -O2 -g
ALL_CFLAGS = -std=gnu11 $(WARNINGS) $(CFLAGS) -pthread \
	$(if $(SANITIZE),-fsanitize=$(SANITIZE) -fno-omit-frame-pointer \
	-fno-sanitize-recover=undefined -O1)
ALL_CPPFLAGS = -D_GNU_SOURCE -D_FILE_OFFSET_BITS=64 \
	-DPARE_VERSION='"$(VERSION)"' -Iinclude -Isrc -Itests \
	$(PKG_CFLAGS) $(CPPFLAGS)
ALL_LDFLAGS = -pthread $(if $(SANITIZE),-fsanitize=$(SANITIZE)) $(LDFLAGS)

ifeq ($(V),0)
Q := @
say = @printf '  %-8s%s\n' $(1) $(2);
endif

ENGINE_SRC := $(filter-out src/cli/%,$(wildcard src/*/*.c))
CLI_SRC := $(wildcard src/cli/*.c)
SUPPORT_SRC := $(wildcard tests/support/*.c)
UNIT_SRC := $(wildcard tests/unit/*/*.c)
COMMAND_SRC := $(wildcard tests/command/*.c)
TEST_SRC := $(UNIT_SRC) $(COMMAND_SRC)

ENGINE_OBJ := $(ENGINE_SRC:%.c=$B/%.o)
CLI_OBJ := $(CLI_SRC:%.c=$B/%.o)
SUPPORT_OBJ := $(SUPPORT_SRC:%.c=$B/%.o)
TEST_BIN := $(TEST_SRC:%.c=$B/%)
LINKS := git-sparse git-squash-last git-reword
MAN_PAGES := $(wildcard man/*.[157])

all: $B/git-pare $(LINKS:%=$B/%)

$B/libpare.a: $(ENGINE_OBJ)
	$(call say,AR,$@)rm -f $@ && $(AR) rcs $@ $^

$B/git-pare: $(CLI_OBJ) $B/libpare.a
	$(call say,LINK,$@)$(CC) $(ALL_LDFLAGS) -o $@ $(CLI_OBJ) $B/libpare.a $(PKG_LIBS)

$(LINKS:%=$B/%): $B/git-pare
	$(Q)ln -sf git-pare $@

$B/%.o: %.c
	@mkdir -p $(@D)
	$(call say,CC,$<)$(CC) $(ALL_CPPFLAGS) $(ALL_CFLAGS) -MMD -MP -c -o $@ $<

## Test phase

# Tests of the commands need one thing only cli has: nothing. They run the
# program; unit tests link the engine, and those of src/cli its objects too.
$B/tests/unit/cli/%: $B/tests/unit/cli/%.o $(SUPPORT_OBJ) $B/libpare.a $(CLI_OBJ)
	$(call say,LINK,$@)$(CC) $(ALL_LDFLAGS) -o $@ $< $(SUPPORT_OBJ) \
	$(filter-out %/main.o,$(CLI_OBJ)) $B/libpare.a $(PKG_LIBS) $(CMOCKA_LIBS)

$B/tests/%: $B/tests/%.o $(SUPPORT_OBJ) $B/libpare.a
	$(call say,LINK,$@)$(CC) $(ALL_LDFLAGS) -o $@ $< $(SUPPORT_OBJ) \
	$B/libpare.a $(PKG_LIBS) $(CMOCKA_LIBS)

$(TEST_SRC:%.c=$B/%.o) $(SUPPORT_OBJ): ALL_CPPFLAGS += \
	-DPARE_BUILD_DIR='"$(abspath $B)"' -DPARE_SOURCE_DIR='"$(abspath .)"'

test-programs: all $(TEST_BIN)

test: test-programs
	$(Q)tests/run $B "$(T)"

check: deps
	$(Q)$(MAKE) --no-print-directory lint
	$(Q)$(MAKE) --no-print-directory test

lint: all
	$(Q)tests/lint/run $B

bench: all
	$(Q)tests/bench/run $B

demo: deps
	$(Q)$(MAKE) --no-print-directory all
	$(Q)tests/demo $B

deps:
	$(Q)tests/deps $(LIBS_NEEDED) cmocka

## Packaging

install: all
	$(INSTALL) -d $(DESTDIR)$(bindir) $(DESTDIR)$(bashcompdir) \
		$(DESTDIR)$(zshcompdir) $(DESTDIR)$(fishcompdir)
	$(INSTALL) -m 755 $B/git-pare $(DESTDIR)$(bindir)/git-pare
	for l in $(LINKS); do ln -sf git-pare $(DESTDIR)$(bindir)/$$l; done

clean:
	rm -rf build

.PHONY: all bench check clean demo deps install lint test test-programs
.SECONDARY:

-include $(ENGINE_OBJ:.o=.d) $(CLI_OBJ:.o=.d) $(SUPPORT_OBJ:.o=.d) \
	$(TEST_SRC:%.c=$B/%.d)
