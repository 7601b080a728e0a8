# SPDX-License-Identifier: MIT
dist_man_MANS += doc/mls-provider.1 doc/mls.conf.5
dist_doc_DATA = NEWS doc/manual.md doc/interop.md doc/performance.md \
	doc/providers.md
examplesdir = $(docdir)/examples
dist_examples_DATA = doc/examples/hello.c doc/examples/server.c \
	doc/examples/best.conf
nodist_man_MANS += doc/mls-errors.7
nodist_doc_DATA += doc/validation-index.md
doc/mls-errors.7: framework/base/errors.tab framework/base/errors.awk
	$(AM_V_GEN)$(MKDIR_P) doc && $(AWK) -v want=glossary \
	    -f $(errors_awk) $(errors_tab) >$@.tmp && mv $@.tmp $@
doc/validation-index.md: framework/base/errors.tab framework/base/rules.tab \
		framework/base/errors.awk
	$(AM_V_GEN)$(MKDIR_P) doc && $(AWK) -v want=index -f $(errors_awk) \
	    $(errors_tab) $(rules_tab) >$@.tmp && mv $@.tmp $@
CLEANFILES += doc/mls-errors.7 doc/validation-index.md

# What the administrator may have changed stays.
EXTRA_DIST += doc/mls.conf
mlsconfdir = $(sysconfdir)/mls
install-data-local:
	$(MKDIR_P) "$(DESTDIR)$(mlsconfdir)/providers.d"
	test -e "$(DESTDIR)$(mlsconfdir)/mls.conf" || $(INSTALL_DATA) \
	    $(srcdir)/doc/mls.conf "$(DESTDIR)$(mlsconfdir)/mls.conf"
uninstall-local:
	-cmp -s $(srcdir)/doc/mls.conf "$(DESTDIR)$(mlsconfdir)/mls.conf" && \
	    rm -f "$(DESTDIR)$(mlsconfdir)/mls.conf"
	-rmdir "$(DESTDIR)$(mlsconfdir)/providers.d" \
	    "$(DESTDIR)$(mlsconfdir)" 2>/dev/null

# The example of the README, and the test that it is, and works; that of the
# manual works too.
check_PROGRAMS += doc/examples/hello doc/examples/server
doc_examples_server_SOURCES = doc/examples/server.c
doc_examples_server_CPPFLAGS = -I$(srcdir)/include -Iinclude
doc_examples_server_LDADD = libmls.la
doc_examples_hello_SOURCES = doc/examples/hello.c
doc_examples_hello_CPPFLAGS = -I$(srcdir)/include -Iinclude
doc_examples_hello_LDADD = libmls.la
TESTS += tests/system/test_readme.sh
EXTRA_DIST += tests/system/test_readme.sh
