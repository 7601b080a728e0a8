#!/bin/sh
# SPDX-License-Identifier: MIT
# Runs a Criterion program for automake's TAP driver.  MLS_TEST_WRAPPER is put
# in front of it, for Valgrind.

# Under ASan too an allocation that is too big gives NULL.
ASAN_OPTIONS=allocator_may_return_null=1${ASAN_OPTIONS:+:$ASAN_OPTIONS}
export ASAN_OPTIONS
# shellcheck disable=SC2086 # a list of words
exec ${MLS_TEST_WRAPPER-} "$@" --tap=- --jobs=1 2>&1
