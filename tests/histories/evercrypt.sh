#!/bin/sh
# SPDX-License-Identifier: MIT
# A short random history in each suite that evercrypt serves, by it alone.

MLS_TEST_CRYPTO=evercrypt exec "${MLS_TEST_BUILDDIR:-.}/mls-history" \
    --suite 1-3 --epochs 20 --members 6
