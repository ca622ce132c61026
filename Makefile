# pare: sparse checkouts and squashed history for git. MIT licence.
#
#   make            build git-pare and its links into build/
#   make demo       install what is missing, build, show the main job
#   make check      install what is missing, build, lint, run every test
#   make deps       install the libraries with the system's package manager
#   make test       the tests alone (T=pattern picks some)
#   make lint       layers, headers, help = manual = completion
#   make analyze    clang-tidy and cppcheck over src/
#   make coverage   which lines of src/ the tests reach (T=pattern)
#   make valgrind   the tests with the commands under valgrind (T=pattern)
#   make bench      measure against git (tests/bench)
#   make fuzz       libFuzzer over every parser (clang; FUZZ_SECONDS=60 each)
#   make faults     every fault and every kill, not only a sample (an hour)
#   make install    DESTDIR= PREFIX=/usr/local; make uninstall takes it back
#   make dist       a source archive; make deb a Debian package (into build/)
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
fishcompdir ?= $(datadir)/fish/vendor_conf.d

VERSION := 0.1.0
SANITIZE ?=
V ?= 0
comma := ,
B := build$(if $(SANITIZE),/$(subst $(comma),-,$(SANITIZE)))$(if $(filter clang%,$(notdir $(CC))),/clang)

## Build phase

LIBS_NEEDED := libgit2 $(if $(wildcard src/profile/*.c),inih) jansson nettle zlib
PKG_CFLAGS = $(shell $(PKG_CONFIG) --cflags $(LIBS_NEEDED))
# libgit2 is loaded when the first object is wanted (src/repo/git2_lazy.h),
# not linked; dlopen(3) is in a library of its own before glibc 2.34.
DL_LIBS := $(if $(filter Linux,$(shell uname -s)),-ldl)
PKG_LIBS = $(shell $(PKG_CONFIG) --libs $(filter-out libgit2,$(LIBS_NEEDED))) \
	$(DL_LIBS)
# What libgit2 is to find in the program (src/cli/certificates.c).
EXPORTS := $(if $(filter Linux,$(shell uname -s)),\
	-Wl$(comma)--export-dynamic-symbol=mbedtls_x509_crt_parse_file)
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
FUZZERS := $(filter-out %/replay_main.c,$(wildcard tests/fuzz/*.c))

ENGINE_OBJ := $(ENGINE_SRC:%.c=$B/%.o)
CLI_OBJ := $(CLI_SRC:%.c=$B/%.o)
SUPPORT_OBJ := $(SUPPORT_SRC:%.c=$B/%.o)
TEST_BIN := $(TEST_SRC:%.c=$B/%)
# Preloaded to make system calls fail; not together with a sanitizer.
SHIM := $(if $(SANITIZE),,$(if $(filter Linux,$(shell uname -s)),$B/tests/fault/shim.so))
# A command has its link from the day its file is there.
LINKS := git-sparse $(if $(wildcard src/cli/cmd_squash_last.c),git-squash-last) \
	$(if $(wildcard src/cli/cmd_reword.c),git-reword)
MAN_PAGES := $(wildcard man/*.[157])

all: $B/git-pare $(LINKS:%=$B/%)

$B/libpare.a: $(ENGINE_OBJ)
	$(call say,AR,$@)rm -f $@ && $(AR) rcs $@ $^

$B/git-pare: $(CLI_OBJ) $B/libpare.a
	$(call say,LINK,$@)$(CC) $(ALL_LDFLAGS) $(EXPORTS) -o $@ $(CLI_OBJ) \
	$B/libpare.a $(PKG_LIBS)

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

test-programs: all $(TEST_BIN) $(SHIM)

$B/tests/fault/shim.so: tests/fault/shim.c tests/fault/shim.h
	@mkdir -p $(@D)
	$(call say,LINK,$@)$(CC) -std=gnu11 -D_GNU_SOURCE -Itests $(WARNINGS) \
	-O2 -g -fPIC -shared -o $@ $< -ldl

test: test-programs
	$(Q)tests/run $B "$(T)"

# For what takes long: a disk that is none makes the tests four times as fast.
IN_MEMORY := $(if $(wildcard /dev/shm/.),PARE_TEST_TMP=/dev/shm)

# Every system call of every command fails once, or is the last one: an hour.
faults: test-programs
	$(Q)PARE_FAULTS=all $(IN_MEMORY) tests/run $B 'test_faults\|test_kills'

check: deps
	$(Q)$(MAKE) --no-print-directory lint
	$(Q)$(MAKE) --no-print-directory replay
	$(Q)$(MAKE) --no-print-directory test

lint: all
	$(Q)tests/lint/run $B

# What takes minutes or a tool that not everybody has.
analyze:
	$(Q)tests/analyze $(PKG_CFLAGS)

coverage:
	$(Q)$(MAKE) --no-print-directory B=build/coverage \
		CFLAGS='-O0 -g --coverage' LDFLAGS=--coverage test-programs
	$(Q)$(IN_MEMORY) tests/coverage build/coverage "$(T)"

valgrind: test-programs
	$(Q)$(IN_MEMORY) tests/valgrind $B "$(T)"

bench: all $B/tests/bench/timeit
	$(Q)tests/bench/run $B

$B/tests/bench/timeit: tests/bench/timeit.c
	@mkdir -p $(@D)
	$(call say,CC,$<)$(CC) $(ALL_CPPFLAGS) $(ALL_CFLAGS) -o $@ $<

demo: deps
	$(Q)$(MAKE) --no-print-directory all
	$(Q)tests/demo $B

deps:
	$(Q)tests/deps $(LIBS_NEEDED) cmocka

# The fuzzers run under libFuzzer here; `make check` only replays their corpus.
fuzz:
	$(Q)$(MAKE) --no-print-directory CC=clang \
		SANITIZE=fuzzer-no-link,address,undefined fuzzers
	$(Q)tests/fuzz/run build/fuzzer-no-link-address-undefined/clang

fuzzers: $(FUZZERS:tests/fuzz/%.c=$B/fuzz/%)

$B/fuzz/%: $B/tests/fuzz/%.o $B/libpare.a
	@mkdir -p $(@D)
	$(call say,LINK,$@)$(CC) $(ALL_LDFLAGS) -fsanitize=fuzzer -o $@ $^ $(PKG_LIBS)

replay: $(FUZZERS:%.c=$B/%)
	$(Q)tests/fuzz/replay $B

$(FUZZERS:%.c=$B/%): $B/%: $B/%.o $B/tests/fuzz/replay_main.o $B/libpare.a
	$(call say,LINK,$@)$(CC) $(ALL_LDFLAGS) -o $@ $^ $(PKG_LIBS)

## Packaging

HEADERS := $(wildcard include/pare/*.h)
# What those include, and the errors that all of it returns.
BASE_HEADERS := $(addprefix src/,$(sort base/error.h \
	$(shell sed -n 's|^#include "\(base/[^"]*\)"|\1|p' $(HEADERS))))
ZSH_FILES := completions/_git-pare $(LINKS:%=completions/_%)
D = $(DESTDIR)

install: all $B/pare.pc
	$(Q)$(INSTALL) -d $D$(bindir) $D$(libdir)/pkgconfig \
		$D$(includedir)/pare/pare $D$(includedir)/pare/base \
		$D$(mandir)/man1 $D$(mandir)/man5 $D$(mandir)/man7 \
		$D$(bashcompdir) $D$(zshcompdir) $D$(fishcompdir)
	$(Q)$(INSTALL) -m 755 $B/git-pare $D$(bindir)/git-pare
	$(Q)for l in $(LINKS); do ln -sf git-pare $D$(bindir)/$$l; done
	$(Q)$(INSTALL) -m 644 $B/libpare.a $D$(libdir)
	$(Q)$(INSTALL) -m 644 $B/pare.pc $D$(libdir)/pkgconfig
	$(Q)$(INSTALL) -m 644 $(HEADERS) $D$(includedir)/pare/pare
	$(Q)$(INSTALL) -m 644 $(BASE_HEADERS) $D$(includedir)/pare/base
	$(Q)for p in $(MAN_PAGES); do \
		$(INSTALL) -m 644 $$p $D$(mandir)/man$${p##*.} || exit; done
	$(Q)$(INSTALL) -m 644 completions/git-pare.bash $D$(bashcompdir)/git-pare
	$(Q)for l in $(LINKS); do ln -sf git-pare $D$(bashcompdir)/$$l; done
	$(Q)$(INSTALL) -m 644 $(ZSH_FILES) $D$(zshcompdir)
	$(Q)$(INSTALL) -m 644 completions/git-pare.fish $D$(fishcompdir)

.FORCE:

uninstall:
	$(Q)rm -f $D$(bindir)/git-pare $(LINKS:%=$D$(bindir)/%) \
		$D$(libdir)/libpare.a $D$(libdir)/pkgconfig/pare.pc \
		$(foreach p,$(MAN_PAGES),$D$(mandir)/man$(subst .,,$(suffix $p))/$(notdir $p)) \
		$D$(bashcompdir)/git-pare $(LINKS:%=$D$(bashcompdir)/%) \
		$(patsubst completions/%,$D$(zshcompdir)/%,$(ZSH_FILES)) \
		$D$(fishcompdir)/git-pare.fish
	$(Q)rm -rf $D$(includedir)/pare

$B/pare.pc: .FORCE
	@mkdir -p $(@D)
	$(Q)printf '%s\n' 'prefix=$(PREFIX)' 'includedir=$(includedir)' \
		'libdir=$(libdir)' '' 'Name: pare' 'Version: $(VERSION)' \
		'Description: sparse checkouts and squashed history for git' \
		'Requires: $(filter-out libgit2 jansson,$(LIBS_NEEDED))' \
		'Requires.private: libgit2' 'Cflags: -I$${includedir}/pare' \
		'Libs: -L$${libdir} -lpare -pthread$(if $(DL_LIBS), $(DL_LIBS))' >$@

dist:
	@mkdir -p build
	$(Q)git archive --format=tar.gz --prefix=pare-$(VERSION)/ \
		-o build/pare-$(VERSION).tar.gz HEAD
	@echo build/pare-$(VERSION).tar.gz

deb: dist
	$(Q)tests/packaging/deb build/pare-$(VERSION).tar.gz

clean:
	rm -rf build

.PHONY: .FORCE all analyze bench check clean coverage deb demo deps dist \
	faults fuzz fuzzers install lint replay test test-programs uninstall valgrind
.SECONDARY:

-include $(ENGINE_OBJ:.o=.d) $(CLI_OBJ:.o=.d) $(SUPPORT_OBJ:.o=.d) \
	$(TEST_SRC:%.c=$B/%.d) $(FUZZERS:%.c=$B/%.d)
