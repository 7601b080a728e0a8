# SPDX-License-Identifier: MIT
provider_LTLIBRARIES += threads.la
threads_la_SOURCES = providers/threads/threads.c
threads_la_LDFLAGS = $(provider_flags)
providerconf_DATA += providers/threads/threads.conf
EXTRA_DIST += providers/threads/threads.conf
