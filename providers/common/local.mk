# SPDX-License-Identifier: MIT
# What providers share; it rests on provider.h alone.
noinst_LTLIBRARIES += libcommon.la
libcommon_la_CPPFLAGS = $(AM_CPPFLAGS) -I$(srcdir)/providers
libcommon_la_SOURCES = \
	providers/common/algs.h \
	providers/common/aside.c providers/common/aside.h \
	providers/common/curve.c providers/common/curve.h \
	providers/common/dhkem.c providers/common/dhkem.h \
	providers/common/ecdsa.c providers/common/ecdsa.h \
	providers/common/hmac.c providers/common/hmac.h \
	providers/common/pool.c providers/common/pool.h \
	providers/common/refused.h \
	providers/common/rfc6979.c providers/common/rfc6979.h \
	providers/common/soft.c providers/common/soft.h \
	providers/common/start.c providers/common/start.h \
	providers/common/wipe.h
