/* SPDX-License-Identifier: MIT */
/* How a case ends. */
#include <stdarg.h>
#include <stdio.h>
#include <unistd.h>

#include "conform.h"

/* Ends the process.  Nothing is flushed or freed on the way: what a module
 * left behind might not survive it. */
static noreturn void MLS_PRINTF(3, 0)
end(struct conf *t, enum conf_verdict verdict, const char *format, va_list ap)
{
	int open = CONF_OPEN;

	if (atomic_compare_exchange_strong(&t->shared->verdict, &open,
	    CONF_TAKEN)) {
		vsnprintf(t->shared->text, sizeof(t->shared->text), format,
		    ap);
		atomic_store(&t->shared->verdict, verdict);
	}
	_exit(verdict == CONF_FAILED);
}

void
conf_fail(struct conf *t, const char *format, ...)
{
	va_list ap;

	va_start(ap, format);
	end(t, CONF_FAILED, format, ap);
}

void
conf_skip(struct conf *t, const char *format, ...)
{
	va_list ap;

	va_start(ap, format);
	end(t, CONF_SKIPPED, format, ap);
}

void
conf_pass(struct conf *t, const char *format, ...)
{
	va_list ap;

	va_start(ap, format);
	end(t, CONF_OK, format, ap);
}

static noreturn void MLS_PRINTF(2, 3)
end_silently(struct conf *t, const char *format, ...)
{
	va_list ap;

	va_start(ap, format);
	end(t, CONF_SILENT, format, ap);
}

void
conf_silent(struct conf *t)
{
	end_silently(t, "%s", "");
}

const char *
conf_status(int status)
{
	static const char *const names[] = { "OK", "VERIFY", "UNSUPPORTED",
		"ARGUMENT", "SPACE", "NOMEM", "NOTFOUND", "BUSY", "FULL", "IO",
		"AUTH", "GONE" };

	return status >= MLS_P_OK && status <= MLS_P_GONE ? names[status] :
	    "a status that there is not";
}

void
conf_expect(struct conf *t, int status, int want, const char *format, ...)
{
	char what[CONF_TEXT];
	va_list ap;

	if (status == want)
		return;
	va_start(ap, format);
	vsnprintf(what, sizeof(what), format, ap);
	va_end(ap);
	conf_fail(t, "%s: %s, and %s is right (%d)", what,
	    conf_status(status), conf_status(want), status);
}

void
conf_refused(struct conf *t, int status, const char *format, ...)
{
	char what[CONF_TEXT];
	va_list ap;

	if (status > MLS_P_OK && status <= MLS_P_GONE)
		return;
	va_start(ap, format);
	vsnprintf(what, sizeof(what), format, ap);
	va_end(ap);
	conf_fail(t, "%s: %s, and it is to be refused (%d)", what,
	    conf_status(status), status);
}

void
conf_doing(struct conf *t, const char *format, ...)
{
	va_list ap;

	va_start(ap, format);
	vsnprintf(t->shared->doing, sizeof(t->shared->doing), format, ap);
	va_end(ap);
}
