/* Limits of control groups, from made-up trees: the least of a group's own and its ancestors'. */
#include "tests/unit/check.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "bench/base/cgroup.h"

struct tree {
	char root[64], self[96], mount[96];
	struct cgroup_place place;
};

static void open_tree(struct tree *t, const char *self)
{
	snprintf(t->root, sizeof t->root, "/tmp/pvt-cgroup-XXXXXX");
	assert_non_null(mkdtemp(t->root));
	snprintf(t->self, sizeof t->self, "%s/self", t->root);
	snprintf(t->mount, sizeof t->mount, "%s/mount", t->root);
	FILE *file = fopen(t->self, "w");
	fputs(self, file);
	fclose(file);
	mkdir(t->mount, 0777);
	t->place = (struct cgroup_place){t->self, t->mount};
}

static void close_tree(const struct tree *t)
{
	char command[128];
	snprintf(command, sizeof command, "rm -r %s", t->root);
	assert_int_equal(system(command), 0);
}

/* A file below the mount, with its folders. */
static void put(const struct tree *t, const char *name, const char *text)
{
	char path[256];
	snprintf(path, sizeof path, "%s/%s", t->mount, name);
	for (char *at = path + strlen(t->mount) + 1; (at = strchr(at, '/')); at++) {
		*at = '\0';
		mkdir(path, 0777);
		*at = '/';
	}
	FILE *file = fopen(path, "w");
	fprintf(file, "%s\n", text);
	fclose(file);
}

static void test_the_least_of_all_ancestors(void **state)
{
	(void)state;
	struct tree t;
	open_tree(&t, "0::/slice/service/child\n");
	assert_true(isinf(cgroup_cpus(&t.place)));
	assert_true(cgroup_memory(&t.place) == UINT64_MAX);
	put(&t, "slice/service/child/cpu.max", "max 100000");
	put(&t, "slice/service/child/memory.max", "max");
	assert_true(isinf(cgroup_cpus(&t.place)));
	put(&t, "slice/cpu.max", "150000 100000");
	put(&t, "slice/service/cpu.max", "300000 100000");
	put(&t, "slice/service/memory.max", "314572800");
	assert_float_equal(cgroup_cpus(&t.place), 1.5, 1e-9);
	assert_true(cgroup_memory(&t.place) == 314572800);
	put(&t, "slice/service/child/cpu.max", "50000 100000");
	put(&t, "slice/memory.max", "1048576");
	assert_float_equal(cgroup_cpus(&t.place), 0.5, 1e-9);
	assert_true(cgroup_memory(&t.place) == 1048576);
	put(&t, "other/cpu.max", "1000 100000"); /* is nobody's here */
	assert_float_equal(cgroup_cpus(&t.place), 0.5, 1e-9);
	close_tree(&t);
}

static void test_controllers_of_version_1(void **state)
{
	(void)state;
	struct tree t;
	open_tree(&t, "4:cpu,cpuacct:/a/b\n3:memory:/m/n\n1:cpuset:/c\n0::/\n");
	put(&t, "cpu,cpuacct/a/b/cpu.cfs_quota_us", "-1");
	put(&t, "cpu,cpuacct/a/b/cpu.cfs_period_us", "100000");
	put(&t, "memory/m/n/memory.limit_in_bytes", "9223372036854771712");
	assert_true(isinf(cgroup_cpus(&t.place)));
	put(&t, "cpu,cpuacct/a/cpu.cfs_quota_us", "200000");
	put(&t, "cpu,cpuacct/a/cpu.cfs_period_us", "100000");
	put(&t, "memory/m/memory.limit_in_bytes", "300000000");
	put(&t, "cpuset/c/cpu.cfs_quota_us", "1000");
	assert_float_equal(cgroup_cpus(&t.place), 2, 1e-9);
	assert_true(cgroup_memory(&t.place) == 300000000);
	close_tree(&t);
}

/* In a container the path is the host's, and the mount's root is the container's own group. */
static void test_a_path_that_is_not_there(void **state)
{
	(void)state;
	struct tree t;
	open_tree(&t, "0::/../host/path\n");
	put(&t, "cpu.max", "250000 100000");
	assert_float_equal(cgroup_cpus(&t.place), 2.5, 1e-9);
	close_tree(&t);
	open_tree(&t, "0::/\n");
	put(&t, "unified/cpu.max", "120000 100000");
	assert_float_equal(cgroup_cpus(&t.place), 1.2, 1e-9);
	unlink(t.self);
	assert_true(isinf(cgroup_cpus(&t.place)));
	close_tree(&t);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_the_least_of_all_ancestors),
		cmocka_unit_test(test_controllers_of_version_1),
		cmocka_unit_test(test_a_path_that_is_not_there),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
