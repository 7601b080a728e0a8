# SPDX-License-Identifier: MIT
provider_LTLIBRARIES += memory.la
memory_la_SOURCES = \
	providers/common/gate.c providers/common/gate.h \
	providers/common/wipe.h \
	providers/memory/changes.c providers/memory/changes.h \
	providers/memory/map.c providers/memory/map.h \
	providers/memory/map_change.c providers/memory/map_node.h \
	providers/memory/memory.c
memory_la_LDFLAGS = $(provider_flags)
providerconf_DATA += providers/memory/memory.conf
EXTRA_DIST += providers/memory/memory.conf
