#!/bin/sh
# SPDX-License-Identifier: MIT
# A short random history in each suite that awslc serves, by it alone.

for suites in 1-3 5 7; do
	MLS_TEST_CRYPTO=awslc "${MLS_TEST_BUILDDIR:-.}/mls-history" \
	    --suite $suites --epochs 20 --members 6 || exit
done
