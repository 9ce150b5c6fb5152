# Every target is one line; `make` alone lists them.
.DEFAULT_GOAL := help
SHELL := /bin/sh

JDK := $(shell .mvn/find-jdk)
ifeq ($(JDK),)
JDK = $(error No JDK 25 found: install one (apt-get install openjdk-25-jdk-headless, or Temurin 25) or set JAVA_HOME to it)
endif
MVN = JAVA_HOME='$(JDK)' ./mvnw

.PHONY: help
help: ## list the targets
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/  make \1|\2/p' Makefile | awk -F'|' '{printf "%-16s %s\n", $$1, $$2}'

.PHONY: run
run: target/drover/bin/drover ## start a master with the default pool: a hello service on port 8080
	@JAVA_HOME='$(JDK)' exec target/drover/bin/drover run

.PHONY: build
build: ## build the distribution in target/drover
	$(MVN) -q -DskipTests package
	@JAVA_HOME='$(JDK)' target/drover/lib/train

.PHONY: check
check: ## build and run the fast tests (the edit-test loop)
	$(MVN) -T2 verify

.PHONY: test
test: ## run every test, the slow ones too
	@.mvn/needs
	$(MVN) -Pslow verify

# podman or docker, whichever answers; IMAGE names what is built, BASE_IMAGE what it is built on.
ENGINE = $(shell for engine in podman docker; do $$engine info >/dev/null 2>&1 && echo $$engine && break; done)
IMAGE = drover

.PHONY: image
image: build ## build the container image (IMAGE=drover BASE_IMAGE=... ENGINE=podman|docker)
	@test -n '$(ENGINE)' || { echo 'make image needs podman, or docker with its daemon running: neither answers "info"' >&2; exit 1; }
	$(ENGINE) build -f Containerfile -t '$(IMAGE)' $(if $(BASE_IMAGE),--build-arg BASE_IMAGE='$(BASE_IMAGE)') \
	  --build-arg REVISION="$$(git rev-parse --short HEAD 2>/dev/null || echo unknown)" .

.PHONY: image-test
image-test: ## build the image apart from everything else and test it (BASE_IMAGE=..., else one is made by debootstrap)
	@JAVA_HOME='$(JDK)' BASE_IMAGE='$(BASE_IMAGE)' .ci/image-test

# The part `image` needs a container engine.
BENCH_ENGINE = $(if $(findstring --only,$(ARGS)),$(if $(findstring image,$(ARGS)),.ci/with-podman),.ci/with-podman)

.PHONY: bench
bench: build ## measure against peers, told as ratios (ARGS="--only messages --pairs 3")
	@JAVA_HOME='$(JDK)' WITHOUT_PODMAN=run $(BENCH_ENGINE) \
	  ./mvnw -q -Pbench -DskipTests -Dbench.args='$(ARGS)' -pl src/bench -am package

.PHONY: format
format: ## lay the code out
	$(MVN) -q spotless:apply

.PHONY: lint
lint: ## check layout and protos without running a test
	$(MVN) -q -DskipTests verify

.PHONY: clean
clean: ## remove what was built
	$(MVN) -q clean

target/drover/bin/drover:
	@$(MAKE) build
