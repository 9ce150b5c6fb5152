/* Writes lines of 80 bytes to stdout, each with one write(2) as loggers do: output DIR LINES PER_SECOND.
 *
 * Begins when DIR/go is there; PER_SECOND 0: as fast as it can. Then writes how many nanoseconds it took to
 * DIR/done-ORDINAL, where the ordinal is that of DROVER_ORDINAL, and waits to be ended. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define LINE 80
#define SLICES_PER_SECOND 100

static long long now(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return time.tv_sec * 1000000000LL + time.tv_nsec;
}

static void sleep_until(long long end) {
    struct timespec time = {end / 1000000000LL, end % 1000000000LL};
    while (clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &time, NULL) != 0) {
    }
}

int main(int count, char **words) {
    const char *ordinal = getenv("DROVER_ORDINAL");
    if (count != 4 || ordinal == NULL || chdir(words[1]) != 0) {
        return 2;
    }
    long lines = atol(words[2]);
    long slice = atol(words[3]) / SLICES_PER_SECOND;
    char line[LINE + 1];
    while (access("go", F_OK) != 0) {
        usleep(1000);
    }
    long long start = now();
    for (long i = 0; i < lines; i++) {
        if (slice > 0 && i % slice == 0) {
            sleep_until(start + i / slice * (1000000000LL / SLICES_PER_SECOND));
        }
        snprintf(line, sizeof line, "%-79ld\n", i);
        if (write(1, line, LINE) != LINE) {
            return 1;
        }
    }
    long long took = now() - start;
    char part[64], done[64];
    snprintf(part, sizeof part, "part-%s", ordinal);
    snprintf(done, sizeof done, "done-%s", ordinal);
    FILE *file = fopen(part, "w");
    if (file == NULL || fprintf(file, "%lld", took) < 0 || fclose(file) != 0 || rename(part, done) != 0) {
        return 1;
    }
    for (;;) {
        pause();
    }
}
