# SPDX-License-Identifier: MIT
# Built by whoever copies it; tests/system/test_install.sh does.
templatedir = $(examplesdir)/provider
dist_template_DATA = providers/template/template.c \
	providers/template/template.conf providers/template/Makefile \
	providers/template/README
