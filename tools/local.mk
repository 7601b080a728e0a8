# SPDX-License-Identifier: MIT

bin_PROGRAMS += mls-provider
mls_provider_SOURCES = \
	tools/mls-provider/inspect.c \
	tools/mls-provider/list.c \
	tools/mls-provider/main.c tools/mls-provider/tool.h
mls_provider_LDADD = libframework.la
include tools/mls-provider/conformance/local.mk
bin_PROGRAMS += mls
mls_SOURCES = tools/mls/mls.h tools/mls/change.c tools/mls/cmd_change.c \
	tools/mls/cmd_client.c tools/mls/cmd_group.c tools/mls/cmd_tree.c \
	tools/mls/cmd_view.c tools/mls/file.c tools/mls/mailbox.c \
	tools/mls/main.c tools/mls/options.c tools/mls/receive.c \
	tools/mls/say.c tools/mls/seen.c tools/mls/session.c \
	tools/mls/show.c tools/mls/sync.c tools/mls/text.c
mls_CPPFLAGS = -D_POSIX_C_SOURCE=200809L -D_FILE_OFFSET_BITS=64 \
	-I$(srcdir)/include -Iinclude
mls_LDADD = libmls.la
dist_man_MANS += doc/mls.1
EXTRA_DIST += tools/demo
# It reads the library's counters, which nothing exports.
noinst_PROGRAMS += mls-bench
mls_bench_SOURCES = tools/bench/bench.h tools/bench/full.c \
	tools/bench/main.c tools/bench/member.c tools/bench/meter.c \
	tools/bench/peer.c tools/bench/table.c tools/bench/world.c
mls_bench_LDADD = libframework.la
