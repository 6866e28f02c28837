# The front door. `make help` lists it; CMake does the work.
BUILD   ?= build
BUDGET  ?=
QUICK   ?=
ARGS    ?=
PREFIX  ?= /usr/local
DESTDIR ?=
RUNDIR  ?= results/latest
BASE    ?= origin/main
SOAK    ?= 600000
# Places for tests (tests/CMakeLists.txt): many wait for something, and none asserts a time.
JOBS    ?= $(shell expr 5 \* `nproc` / 2)
FUZZ_TIME ?= 600

sources  = $(shell git ls-files -co --exclude-standard '*.c' '*.h' '*.cc')
run_args = $(if $(QUICK),--quick) $(if $(BUDGET),--budget $(BUDGET)) $(ARGS)

.PHONY: all bench test plots report docs-check check-regression peers plain advice soak asan tsan valgrind fuzz tidy fmt check-fmt install package deps help clean

help: ## this list
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/  make \1@\2/p' $(MAKEFILE_LIST) | column -t -s @
	@echo "  make bench ARGS='--kernel matmul --runner fork'   BUDGET=60s   QUICK=1"

deps: ## install what is missing (apt; elsewhere it names what to install)
	@scripts/install-deps

all: deps ## build the program
	@cmake --preset release -B $(BUILD) >/dev/null
	@cmake --build $(BUILD)

bench: all ## measure this machine: CSV, plots, RESULTS.md and report.html under results/latest
	$(BUILD)/pvt run $(run_args)

test: all ## all tests
	ctest --test-dir $(BUILD) --output-on-failure -j $(JOBS)

plots: report ## the same as report
report: all ## RESULTS.md, report.html and the plots again, from RUNDIR's samples.csv
	$(BUILD)/pvt report --html $(RUNDIR)

check-regression: deps ## is this tree slower than BASE (origin/main)? summary and plot in build/regression
	@RUN_ARGS="$(ARGS)" scripts/check-regression $(BASE) $(if $(BUDGET),--budget $(BUDGET))

docs-check: all ## the commands and outputs of README and docs, and their words
	ctest --test-dir $(BUILD) --output-on-failure -R '^(docs|words|recipes|recompute|manual|data_dictionary)$$'

peers: all ## ours compared with bare loops, STREAM, libgomp, oneTBB and Python's pools, in one run
	$(BUILD)/bench/peers/peers

plain: all ## pvt compared with plain programs, in turn: ratios with intervals, 10 minutes; results/plain.csv
	scripts/plain --pvt $(BUILD)/pvt $(ARGS)

advice: all ## is the advice right? predictions of RUNDIR compared with measurements, 8 minutes; results/advice.csv
	scripts/check-advice --pvt $(BUILD)/pvt --from $(RUNDIR) --mixes $(BUILD)/tests/advice-mixes.so $(ARGS)

soak: all ## kills pool workers at random moments for SOAK rounds (10 minutes)
	$(BUILD)/tests/test_pool_kills $(SOAK)

asan: deps ## the tests under AddressSanitizer and UndefinedBehaviorSanitizer
	@cmake --preset asan >/dev/null && cmake --build build-asan
	ctest --test-dir build-asan --output-on-failure -j $(JOBS) -LE plots

tsan: deps ## seq and the thread runners under ThreadSanitizer
	@cmake --preset tsan >/dev/null && cmake --build build-tsan
	ctest --test-dir build-tsan --output-on-failure -j $(JOBS) -L threads

valgrind: deps ## the unit tests under valgrind, without a leak
	@cmake --preset valgrind >/dev/null && cmake --build build-valgrind
	ctest --test-dir build-valgrind --output-on-failure -j $(JOBS) -L unit

fuzz: ## libFuzzer on every reader of files, FUZZ_TIME seconds each (10 minutes)
	@scripts/install-deps --dev
	@cmake --preset fuzz >/dev/null && cmake --build build-fuzz --target fuzzers
	tests/fuzz/fuzz.sh build-fuzz $(FUZZ_TIME)

tidy: deps ## clang-tidy, which must find nothing
	@cmake --preset tidy >/dev/null && cmake --build build-tidy --target version
	run-clang-tidy -quiet -p build-tidy "$(CURDIR)/(bench|kernels|runners|tests|examples)/.*\.c$$" 2>/dev/null

fmt: ## clang-format, in place
	@clang-format -i $(sources)

check-fmt: ## fails when clang-format would change something
	@clang-format --dry-run -Werror $(sources)

install: all ## to PREFIX (/usr/local), below DESTDIR
	DESTDIR=$(DESTDIR) cmake --install $(BUILD) --prefix $(PREFIX)

package: ## a .deb in build-package/, not bound to this machine's processor
	@scripts/install-deps --package
	@cmake --preset package >/dev/null && cmake --build build-package
	@cd build-package && rm -f *.deb && cpack

clean: ## forget all builds; results/ stays
	rm -rf build build-asan build-tsan build-valgrind build-tidy build-fuzz build-clang build-package build-arm64
