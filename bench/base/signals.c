#include "bench/base/signals.h"

#include <stddef.h>

volatile sig_atomic_t signals_interrupted;

static void on_signal(int number)
{
	signals_interrupted = number;
}

volatile sig_atomic_t signals_continued;

static void on_continue(int number)
{
	(void)number;
	signals_continued = (signals_continued + 1) & 0xffff;
}

static void set_mask(int how)
{
	sigset_t set;
	sigemptyset(&set);
	sigaddset(&set, SIGINT);
	sigaddset(&set, SIGTERM);
	sigaddset(&set, SIGHUP);
	sigprocmask(how, &set, NULL);
}

/* Who was started with it ignored, by nohup(1) or in the background of a script, is not to be ended by it. */
static void catch_unless_ignored(int number)
{
	struct sigaction action = {.sa_handler = on_signal}, old;
	if (sigaction(number, NULL, &old) == 0 && old.sa_handler != SIG_IGN)
		sigaction(number, &action, NULL);
}

void signals_catch(void)
{
	catch_unless_ignored(SIGINT);
	catch_unless_ignored(SIGTERM);
	catch_unless_ignored(SIGHUP);
	sigaction(SIGCONT, &(struct sigaction){.sa_handler = on_continue, .sa_flags = SA_RESTART}, NULL);
	signal(SIGPIPE, SIG_IGN);
	set_mask(SIG_UNBLOCK);
}

void signals_hold(void)
{
	set_mask(SIG_BLOCK);
}
