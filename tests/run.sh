#!/bin/sh
# SPDX-License-Identifier: MIT
# Runs a Criterion program for automake's TAP driver.  MLS_TEST_WRAPPER is put
# in front of it, for Valgrind.
exec ${MLS_TEST_WRAPPER-} "$@" --tap=- --jobs=1 2>&1
