/*
 * The load of DispatchBench: short connections as fast as they come, each with one request, in one thread.
 *
 * connections PORT COUNT CONCURRENCY: opens COUNT connections to 127.0.0.1, CONCURRENCY at a time; each asks once, reads
 * the answer to its end, which the server makes, and closes. Prints the seconds it took and its own seconds of CPU. Any
 * connection that fails ends it with 1.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

/* Somebody who does not answer for so long does not answer at all. */
enum { MAX_CONCURRENCY = 1024, MAX_ANSWER = 4096, SILENCE_MILLIS = 20000 };

static const char REQUEST[] = "GET /?id=1 HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n";
static const char GOOD[] = "HTTP/1.1 200 ";

struct connection {
    int fd;
    int asked;
    int length;
    char answer[MAX_ANSWER];
};

static struct connection connections[MAX_CONCURRENCY];
static struct sockaddr_in address = {.sin_family = AF_INET};
static int epoll;

static void check(int ok, const char *call) {
    if (!ok) {
        perror(call);
        exit(1);
    }
}

static void ask(struct connection *connection) {
    ssize_t count = send(connection->fd, REQUEST, sizeof REQUEST - 1, MSG_NOSIGNAL);
    connection->asked = count == sizeof REQUEST - 1;
    check(connection->asked || (count < 0 && errno == EAGAIN), "send");
}

static void begin(struct connection *connection) {
    connection->fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    check(connection->fd >= 0, "socket");
    connection->length = 0;
    int done = connect(connection->fd, (struct sockaddr *)&address, sizeof address);
    check(done == 0 || errno == EINPROGRESS, "connect");
    ask(connection);
    struct epoll_event event = {.events = EPOLLIN | (connection->asked ? 0 : EPOLLOUT), .data.ptr = connection};
    check(epoll_ctl(epoll, EPOLL_CTL_ADD, connection->fd, &event) == 0, "epoll_ctl");
}

/* Whether the answer has come to its end. */
static int hear(struct connection *connection) {
    for (;;) {
        check(connection->length < MAX_ANSWER, "an answer that is too long");
        ssize_t count =
            recv(connection->fd, connection->answer + connection->length, MAX_ANSWER - connection->length, 0);
        if (count < 0) {
            check(errno == EAGAIN, "recv");
            return 0;
        }
        if (count == 0) {
            return 1;
        }
        connection->length += count;
    }
}

static void end(struct connection *connection) {
    if (connection->length < (int)sizeof GOOD - 1 || memcmp(connection->answer, GOOD, sizeof GOOD - 1) != 0) {
        fprintf(stderr, "an unexpected answer: %.*s\n", connection->length, connection->answer);
        exit(1);
    }
    close(connection->fd);
}

static double now(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return time.tv_sec + time.tv_nsec / 1e9;
}

static double cpu(void) {
    struct rusage usage;
    check(getrusage(RUSAGE_SELF, &usage) == 0, "getrusage");
    return usage.ru_utime.tv_sec + usage.ru_stime.tv_sec + (usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) / 1e6;
}

int main(int argc, char **argv) {
    check(argc == 4, "usage: connections PORT COUNT CONCURRENCY");
    address.sin_port = htons(atoi(argv[1]));
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    int count = atoi(argv[2]), concurrency = atoi(argv[3]);
    check(concurrency >= 1 && concurrency <= MAX_CONCURRENCY && count >= concurrency, "CONCURRENCY");
    epoll = epoll_create1(EPOLL_CLOEXEC);
    check(epoll >= 0, "epoll_create1");
    double start = now();
    int begun = 0, ended = 0;
    while (begun < concurrency) {
        begin(&connections[begun++]);
    }
    while (ended < count) {
        struct epoll_event events[MAX_CONCURRENCY];
        int ready = epoll_wait(epoll, events, MAX_CONCURRENCY, SILENCE_MILLIS);
        check(ready > 0 || (ready < 0 && errno == EINTR), "no answer");
        for (int i = 0; i < ready; i++) {
            struct connection *connection = events[i].data.ptr;
            if (!connection->asked) {
                ask(connection);
                struct epoll_event event = {.events = EPOLLIN | (connection->asked ? 0 : EPOLLOUT), .data.ptr = connection};
                check(epoll_ctl(epoll, EPOLL_CTL_MOD, connection->fd, &event) == 0, "epoll_ctl");
            } else if (hear(connection)) {
                end(connection);
                ended++;
                if (begun < count) {
                    begun++;
                    begin(connection);
                }
            }
        }
    }
    printf("%.6f %.6f\n", now() - start, cpu());
    return 0;
}
