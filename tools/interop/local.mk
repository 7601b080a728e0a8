# SPDX-License-Identifier: MIT
# The client of the interoperability harness; `configure --enable-interop`.
EXTRA_DIST += tools/interop/mls_client.proto
if WITH_INTEROP
noinst_PROGRAMS += mls-interop
mls_interop_SOURCES = tools/interop/describe.c tools/interop/interop.h \
	tools/interop/lines.c tools/interop/main.c tools/interop/rpc_commit.c \
	tools/interop/rpc_external.c tools/interop/rpc_group.c \
	tools/interop/rpc_join.c tools/interop/rpc_lineage.c \
	tools/interop/rpc_propose.c tools/interop/rpc_self.c \
	tools/interop/server.c tools/interop/wire.c tools/interop/world.c
mls_interop_CPPFLAGS = -D_POSIX_C_SOURCE=200809L -D_FILE_OFFSET_BITS=64 \
	-I$(srcdir)/include -Iinclude -I$(srcdir) -I.
# The initialisers of its header cast const away.
mls_interop_CFLAGS = $(AM_CFLAGS) -Wno-cast-qual $(INTEROP_CFLAGS)
mls_interop_LDADD = libinterop.la libmls.la $(INTEROP_LIBS)

# What protoc-c makes is not held to our warnings.
noinst_LTLIBRARIES += libinterop.la
nodist_libinterop_la_SOURCES = tools/interop/mls_client.pb-c.c \
	tools/interop/mls_client.pb-c.h
libinterop_la_CPPFLAGS = $(mls_interop_CPPFLAGS)
libinterop_la_CFLAGS = $(INTEROP_CFLAGS) -w
libinterop_la_LIBADD = $(INTEROP_LIBS)
BUILT_SOURCES += tools/interop/mls_client.pb-c.h
CLEANFILES += tools/interop/mls_client.pb-c.c tools/interop/mls_client.pb-c.h

tools/interop/mls_client.pb-c.c: tools/interop/mls_client.proto
	$(AM_V_GEN)$(MKDIR_P) tools/interop && $(PROTOC_C) \
	    --proto_path=$(srcdir) --c_out=. tools/interop/mls_client.proto
tools/interop/mls_client.pb-c.h: tools/interop/mls_client.pb-c.c
endif
