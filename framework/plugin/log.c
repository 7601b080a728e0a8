/* SPDX-License-Identifier: MIT */
/* The log, and the counters. */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "plugin/internal.h"

#define LINE 1536

void
mls__log(struct mls_plugins *p, int level, const char *format, ...)
{
	char text[LINE], *s;
	va_list ap;

	va_start(ap, format);
	vsnprintf(text, sizeof(text), format, ap);
	va_end(ap);
	/* One line, whatever a provider says. */
	for (s = text; *s != '\0'; s++)
		if ((unsigned char)*s < 0x20 || *s == 0x7f)
			*s = ' ';
	if (level == MLS_LOG_ERROR) {
		pthread_mutex_lock(&p->log_lock);
		snprintf(p->cause, sizeof(p->cause), "%.*s",
		    (int)sizeof(p->cause) - 1, text);
		pthread_mutex_unlock(&p->log_lock);
	}
	if (p->log != NULL && level <= p->log_level)
		p->log(p->payload, level, text);
}

const char *
mls__plugins_cause(struct mls_plugins *p, char *buf, size_t len)
{
	pthread_mutex_lock(&p->log_lock);
	snprintf(buf, len, "%s", p->cause);
	pthread_mutex_unlock(&p->log_lock);
	return buf;
}

/* Not one indivisible addition, which takes as long as a small hash does:
 * while threads share the work, a count may be less than what was done. */
void
mls__count(struct mls_plugins *p, enum mls_counter which, uint64_t n)
{
	atomic_store_explicit(&p->counters[which],
	    mls__counted(p, which) + n, memory_order_relaxed);
}

uint64_t
mls__counted(const struct mls_plugins *p, enum mls_counter which)
{
	return atomic_load_explicit(&p->counters[which],
	    memory_order_relaxed);
}
