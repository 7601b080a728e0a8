# SPDX-License-Identifier: MIT
libframework_la_SOURCES +=
