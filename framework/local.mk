# SPDX-License-Identifier: MIT
mlsinclude_HEADERS += include/libmls/provider.h include/libmls/mls.h \
	include/libmls/context.h include/libmls/client.h \
	include/libmls/change.h include/libmls/group.h \
	include/libmls/observer.h include/libmls/types.h
nodist_mlsinclude_HEADERS += include/libmls/errors.h

errors_tab = $(srcdir)/framework/base/errors.tab
rules_tab = $(srcdir)/framework/base/rules.tab
errors_awk = $(srcdir)/framework/base/errors.awk
include/libmls/errors.h: framework/base/errors.tab framework/base/errors.awk
	$(AM_V_GEN)$(MKDIR_P) include/libmls && $(AWK) -v want=header \
	    -f $(errors_awk) $(errors_tab) >$@.tmp && mv $@.tmp $@
framework/base/errors_table.h: framework/base/errors.tab framework/base/errors.awk
	$(AM_V_GEN)$(MKDIR_P) framework/base && $(AWK) -v want=table \
	    -f $(errors_awk) $(errors_tab) >$@.tmp && mv $@.tmp $@
BUILT_SOURCES += include/libmls/errors.h framework/base/errors_table.h
CLEANFILES += include/libmls/errors.h framework/base/errors_table.h
EXTRA_DIST += framework/base/errors.tab framework/base/rules.tab \
	framework/base/errors.awk framework/libmls.map

# The layers, as one convenience library, so that tests reach inside.
noinst_LTLIBRARIES += libframework.la
libframework_la_CPPFLAGS = $(AM_CPPFLAGS) \
	-DMLS_PROVIDER_DIR='"$(providerdir)"' \
	-DMLS_SYSCONFDIR='"$(sysconfdir)"' -DMLS_DATADIR='"$(datadir)"'
libframework_la_SOURCES =
include framework/base/local.mk
include framework/plugin/local.mk
include framework/crypto/local.mk
include framework/tree/local.mk
include framework/schedule/local.mk
include framework/message/local.mk
include framework/group/local.mk

lib_LTLIBRARIES += libmls.la
libmls_la_SOURCES =
libmls_la_LIBADD = libframework.la
libmls_la_LDFLAGS = $(AM_LDFLAGS) -no-undefined -version-info 0:0:0
if HAVE_VSCRIPT
libmls_la_LDFLAGS += $(VSCRIPT_LDFLAGS),$(srcdir)/framework/libmls.map
endif
