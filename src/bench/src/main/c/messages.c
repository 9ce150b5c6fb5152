/*
 * A peer of MessagesBench and the limit of what a Unix stream socket gives: a parent and a child, blocking reads and
 * writes, one write for each message.
 *
 * messages round SIZE MILLIS: prints the microseconds of a round trip, median and 99th percentile.
 * messages flood SIZE MILLIS: prints messages a second, and the microseconds of CPU that both processes took for one.
 */
#define _GNU_SOURCE
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { MAX_SIZE = 1 << 20, READ_BYTES = 256 << 10, MAX_SAMPLES = 1 << 20, CLOCK_EVERY = 64 };

static char buffer[MAX_SIZE];
static long long samples[MAX_SAMPLES];

static void check(int ok, const char *call) {
    if (!ok) {
        perror(call);
        exit(1);
    }
}

static long long now(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return time.tv_sec * 1000000000LL + time.tv_nsec;
}

static void write_all(int fd, size_t size) {
    for (size_t done = 0; done < size;) {
        ssize_t count = send(fd, buffer + done, size - done, MSG_NOSIGNAL);
        check(count > 0, "send");
        done += count;
    }
}

/* 0 at the end. */
static int read_all(int fd, size_t size) {
    for (size_t done = 0; done < size;) {
        ssize_t count = read(fd, buffer + done, size - done);
        check(count >= 0, "read");
        if (count == 0) {
            return 0;
        }
        done += count;
    }
    return 1;
}

static void echo(int fd, size_t size) {
    while (read_all(fd, size)) {
        write_all(fd, size);
    }
}

/* Tells the end when it has all. */
static void swallow(int fd) {
    ssize_t count;
    do {
        count = read(fd, buffer, READ_BYTES);
        check(count >= 0, "read");
    } while (count > 0);
    write_all(fd, 1);
}

static int compare(const void *left, const void *right) {
    long long a = *(const long long *)left, b = *(const long long *)right;
    return (a > b) - (a < b);
}

static void round_trips(int fd, size_t size, long long nanos) {
    int count = 0;
    long long start = now(), before = start;
    while (before - start < nanos && count < MAX_SAMPLES) {
        write_all(fd, size);
        check(read_all(fd, size), "the other end");
        long long after = now();
        samples[count++] = after - before;
        before = after;
    }
    qsort(samples, count, sizeof samples[0], compare);
    printf("%.3f %.3f\n", samples[count / 2] / 1e3, samples[(long long)count * 99 / 100] / 1e3);
}

static double cpu_micros(int who) {
    struct rusage usage;
    check(getrusage(who, &usage) == 0, "getrusage");
    return (usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) * 1e6 + usage.ru_utime.tv_usec + usage.ru_stime.tv_usec;
}

static void flood(int fd, size_t size, long long nanos, pid_t child) {
    long long start = now(), end = start, count = 0;
    double cpu = cpu_micros(RUSAGE_SELF);
    while (end - start < nanos) {
        for (int i = 0; i < CLOCK_EVERY; i++) {
            write_all(fd, size);
        }
        count += CLOCK_EVERY;
        end = now();
    }
    check(shutdown(fd, SHUT_WR) == 0, "shutdown");
    check(read_all(fd, 1), "the other end");
    end = now();
    cpu = cpu_micros(RUSAGE_SELF) - cpu;
    check(waitpid(child, NULL, 0) == child, "waitpid");
    printf("%.1f %.4f\n", count * 1e9 / (end - start), (cpu + cpu_micros(RUSAGE_CHILDREN)) / count);
}

int main(int argc, char **argv) {
    check(argc == 4, "usage: messages round|flood SIZE MILLIS");
    int round = strcmp(argv[1], "round") == 0;
    long size = atol(argv[2]);
    check(size >= 1 && size <= MAX_SIZE, "SIZE");
    memset(buffer, 'x', sizeof buffer);
    int pair[2];
    check(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) == 0, "socketpair");
    pid_t child = fork();
    check(child >= 0, "fork");
    close(pair[child == 0 ? 0 : 1]);
    if (child == 0) {
        if (round) {
            echo(pair[1], size);
        } else {
            swallow(pair[1]);
        }
        return 0;
    }
    long long nanos = atoll(argv[3]) * 1000000LL;
    if (round) {
        round_trips(pair[0], size, nanos);
        close(pair[0]);
        wait(NULL);
    } else {
        flood(pair[0], size, nanos, child);
    }
    return 0;
}
