#!/bin/sh
# SPDX-License-Identifier: MIT
# RULE: COMMIT-15 KP-14
# Every octet of a history's messages for the cheap suites, some of them for
# the dear ones.

set -e
"${MLS_TEST_BUILDDIR:-.}/mls-mangle" --suite 1
"${MLS_TEST_BUILDDIR:-.}/mls-mangle" --suite 2-7 --stride 11
