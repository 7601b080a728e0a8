#!/bin/sh
# SPDX-License-Identifier: MIT
# RULE: COMMIT-13
# Short random histories, with and without an observer; the long ones are in
# `mls-history --help`.

# shellcheck disable=SC2086 # lists of words
play()
{
	${MLS_TEST_WRAPPER-} "${MLS_TEST_BUILDDIR:-.}/mls-history" \
	    ${MLS_TEST_HISTORY---suite 1-3 --epochs 30 --members 8} "$@"
}

play && play --observe
