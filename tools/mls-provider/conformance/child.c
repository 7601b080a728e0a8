/* SPDX-License-Identifier: MIT */
/* Processes. */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "conform.h"

#define LIMIT_OWN 5 /* seconds that a case's own limit comes before ours */

/* The child is a process group of its own, so that its children can be ended
 * with it; what modules print must not be taken for our output. */
static noreturn void
live(struct conf_shared *shared, const struct conf_options *o,
    const struct conf_case *c, void (*body)(struct conf *t),
    const sigset_t *mask)
{
	struct conf t = { .o = o, .c = c, .shared = shared };

	setpgid(0, 0);
	sigprocmask(SIG_SETMASK, mask, NULL);
	alarm(o->timeout);
	if (freopen("/dev/null", "r", stdin) == NULL ||
	    dup2(STDERR_FILENO, STDOUT_FILENO) < 0)
		conf_fail(&t, "the process has no files: %s", strerror(errno));
	conf_guard(&t);
	if (c != NULL && c->test != NULL && c->alg.role != 0)
		t.alg = &c->alg;
	body(&t);
	conf_pass(&t, "%s", "");
}

/* The signals that wake the wait for a child, and are blocked meanwhile. */
static void
wakers(sigset_t *out)
{
	sigemptyset(out);
	sigaddset(out, SIGCHLD);
	sigaddset(out, SIGHUP);
	sigaddset(out, SIGINT);
	sigaddset(out, SIGTERM);
}

/* Waits for the child, but not for ever; false: it has not ended.  *caught: a
 * signal that is to end us. */
static bool
wait_for(int *status, int *caught, pid_t pid, unsigned seconds,
    const sigset_t *wake)
{
	struct timespec step = { 0, 200000000 };
	time_t end = time(NULL) + (time_t)seconds;
	pid_t done;
	int sig;

	for (;;) {
		done = waitpid(pid, status, WNOHANG);
		if (done == pid)
			return true;
		if ((done < 0 && errno != EINTR) || time(NULL) > end)
			return false;
		sig = sigtimedwait(wake, NULL, &step);
		if (sig > 0 && sig != SIGCHLD) {
			*caught = sig;
			return false;
		}
	}
}

static void
judge(struct conf_shared *s, const struct conf_options *o, bool ended,
    int status)
{
	const char *during = s->doing[0] != '\0' ? " during: " : "";

	if (!ended || (WIFSIGNALED(status) && WTERMSIG(status) == SIGALRM))
		snprintf(s->text, sizeof(s->text), "it took more than %u "
		    "seconds, and was ended%s%.300s", o->timeout, during,
		    s->doing);
	else if (WIFSIGNALED(status))
		snprintf(s->text, sizeof(s->text), "crashed: signal %d (%s)"
		    "%s%.300s", WTERMSIG(status), strsignal(WTERMSIG(status)),
		    during, s->doing);
	else if (s->verdict == CONF_OPEN || s->verdict == CONF_TAKEN)
		snprintf(s->text, sizeof(s->text), "it ended the process, "
		    "with exit code %d%s%.300s", WEXITSTATUS(status), during,
		    s->doing);
	else
		return;
	s->verdict = CONF_FAILED;
}

int
conf_child(struct conf_shared *shared, const struct conf_options *o,
    const struct conf_case *c, void (*body)(struct conf *t))
{
	int status = 0, caught = 0;
	sigset_t wake, old;
	bool ended;
	pid_t pid;

	shared->verdict = CONF_OPEN;
	shared->text[0] = shared->doing[0] = '\0';
	wakers(&wake);
	sigprocmask(SIG_BLOCK, &wake, &old);
	fflush(stdout);
	pid = fork();
	if (pid == 0)
		live(shared, o, c, body, &old);
	if (pid < 0) {
		snprintf(shared->text, sizeof(shared->text),
		    "no process can be made: %s", strerror(errno));
		shared->verdict = CONF_FAILED;
	} else {
		setpgid(pid, pid);
		ended = wait_for(&status, &caught, pid,
		    o->timeout + LIMIT_OWN, &wake);
		kill(-pid, SIGKILL);
		if (!ended)
			waitpid(pid, NULL, 0);
		judge(shared, o, ended, status);
	}
	sigprocmask(SIG_SETMASK, &old, NULL);
	return caught;
}

int
conf_fork(struct conf *t)
{
	pid_t pid = fork();

	NEED(t, pid >= 0, "no process can be made: %s", strerror(errno));
	if (pid == 0)
		alarm(t->o->timeout);
	return (int)pid;
}

void
conf_leave(void)
{
	_exit(0);
}

void
conf_join(struct conf *t, int pid, const char *what)
{
	int status = 0;

	while (waitpid((pid_t)pid, &status, 0) < 0)
		NEED(t, errno == EINTR, "%s: %s", what, strerror(errno));
	NEED(t, !WIFSIGNALED(status), "%s: crashed: signal %d (%s)", what,
	    WTERMSIG(status), strsignal(WTERMSIG(status)));
	/* A verdict of that process was the first, so that this changes
	 * nothing. */
	NEED(t, WEXITSTATUS(status) == 0, "%s: it ended the process, with "
	    "exit code %d", what, WEXITSTATUS(status));
}

void
conf_apart(struct conf *t, void (*body)(struct conf *t, void *arg), void *arg)
{
	int pid = conf_fork(t);

	if (pid == 0) {
		body(t, arg);
		conf_leave();
	}
	conf_join(t, pid, "in another process");
}

void *
conf_common(struct conf *t, size_t size)
{
	void *p = mmap(NULL, size, PROT_READ | PROT_WRITE,
	    MAP_SHARED | MAP_ANONYMOUS, -1, 0);

	NEED(t, p != MAP_FAILED, "no memory to share: %s", strerror(errno));
	return p;
}
