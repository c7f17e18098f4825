// What net-tools 2.10 and iproute2 6.1 printed into a pipe on Linux for the sockets of kernel_rows(), in a network
// namespace of its own.
// clang-format off
#pragma once

#include <string_view>

namespace fourtuple::observe::kernel {

// netstat -tan
inline constexpr std::string_view kNetstatTan =
    "Active Internet connections (servers and established)\n"
    "Proto Recv-Q Send-Q Local Address           Foreign Address         State      \n"
    "tcp        0      0 127.0.0.1:631           0.0.0.0:*               LISTEN     \n"
    "tcp        0      0 0.0.0.0:80              0.0.0.0:*               LISTEN     \n"
    "tcp        1      0 10.0.0.4:8080           0.0.0.0:*               LISTEN     \n"
    "tcp   128512      0 10.0.0.4:80             10.0.0.5:55720          ESTABLISHED\n"
    "tcp        0      0 10.0.0.5:55715          10.0.0.4:80             ESTABLISHED\n"
    "tcp        0      0 10.0.0.5:55716          10.0.0.4:80             ESTABLISHED\n"
    "tcp        0      0 10.0.0.5:55717          10.0.0.4:80             FIN_WAIT2  \n"
    "tcp        0      0 10.0.0.5:55718          10.0.0.4:80             TIME_WAIT  \n"
    "tcp        0      0 10.0.0.5:55719          10.0.0.4:80             ESTABLISHED\n"
    "tcp        0 3782144 10.0.0.5:55720          10.0.0.4:80             ESTABLISHED\n"
    "tcp        0      0 10.0.0.4:80             10.0.0.5:55715          ESTABLISHED\n"
    "tcp      100      0 10.0.0.4:80             10.0.0.5:55716          ESTABLISHED\n"
    "tcp        1      0 10.0.0.4:80             10.0.0.5:55717          CLOSE_WAIT \n"
    "tcp        0      0 10.0.0.4:8080           10.0.0.5:55730          ESTABLISHED\n"
    "tcp        0      0 10.0.0.4:80             10.0.0.5:55719          ESTABLISHED\n"
    "tcp        0      0 10.0.0.5:55730          10.0.0.4:8080           ESTABLISHED\n";

// netstat -tn
inline constexpr std::string_view kNetstatTn =
    "Active Internet connections (w/o servers)\n"
    "Proto Recv-Q Send-Q Local Address           Foreign Address         State      \n"
    "tcp   128512      0 10.0.0.4:80             10.0.0.5:55720          ESTABLISHED\n"
    "tcp        0      0 10.0.0.5:55715          10.0.0.4:80             ESTABLISHED\n"
    "tcp        0      0 10.0.0.5:55716          10.0.0.4:80             ESTABLISHED\n"
    "tcp        0      0 10.0.0.5:55717          10.0.0.4:80             FIN_WAIT2  \n"
    "tcp        0      0 10.0.0.5:55718          10.0.0.4:80             TIME_WAIT  \n"
    "tcp        0      0 10.0.0.5:55719          10.0.0.4:80             ESTABLISHED\n"
    "tcp        0 3782144 10.0.0.5:55720          10.0.0.4:80             ESTABLISHED\n"
    "tcp        0      0 10.0.0.4:80             10.0.0.5:55715          ESTABLISHED\n"
    "tcp      100      0 10.0.0.4:80             10.0.0.5:55716          ESTABLISHED\n"
    "tcp        1      0 10.0.0.4:80             10.0.0.5:55717          CLOSE_WAIT \n"
    "tcp        0      0 10.0.0.4:8080           10.0.0.5:55730          ESTABLISHED\n"
    "tcp        0      0 10.0.0.4:80             10.0.0.5:55719          ESTABLISHED\n"
    "tcp        0      0 10.0.0.5:55730          10.0.0.4:8080           ESTABLISHED\n";

// netstat -tln
inline constexpr std::string_view kNetstatTln =
    "Active Internet connections (only servers)\n"
    "Proto Recv-Q Send-Q Local Address           Foreign Address         State      \n"
    "tcp        0      0 127.0.0.1:631           0.0.0.0:*               LISTEN     \n"
    "tcp        0      0 0.0.0.0:80              0.0.0.0:*               LISTEN     \n"
    "tcp        1      0 10.0.0.4:8080           0.0.0.0:*               LISTEN     \n";

// netstat -uan
inline constexpr std::string_view kNetstatUan =
    "Active Internet connections (servers and established)\n"
    "Proto Recv-Q Send-Q Local Address           Foreign Address         State      \n"
    "udp      832      0 0.0.0.0:53              0.0.0.0:*                          \n"
    "udp        0      0 10.0.0.4:4242           10.0.0.5:5353           ESTABLISHED\n"
    "udp        0      0 0.0.0.0:54875           0.0.0.0:*                          \n";

// netstat -un
inline constexpr std::string_view kNetstatUn =
    "Active Internet connections (w/o servers)\n"
    "Proto Recv-Q Send-Q Local Address           Foreign Address         State      \n"
    "udp        0      0 10.0.0.4:4242           10.0.0.5:5353           ESTABLISHED\n";

// netstat -uln
inline constexpr std::string_view kNetstatUln =
    "Active Internet connections (only servers)\n"
    "Proto Recv-Q Send-Q Local Address           Foreign Address         State      \n"
    "udp      832      0 0.0.0.0:53              0.0.0.0:*                          \n"
    "udp        0      0 0.0.0.0:54875           0.0.0.0:*                          \n";

// netstat -tano
inline constexpr std::string_view kNetstatTano =
    "Active Internet connections (servers and established)\n"
    "Proto Recv-Q Send-Q Local Address           Foreign Address         State       Timer\n"
    "tcp        0      0 127.0.0.1:631           0.0.0.0:*               LISTEN      off (0.00/0/0)\n"
    "tcp        0      0 0.0.0.0:80              0.0.0.0:*               LISTEN      off (0.00/0/0)\n"
    "tcp        1      0 10.0.0.4:8080           0.0.0.0:*               LISTEN      off (0.00/0/0)\n"
    "tcp   128512      0 10.0.0.4:80             10.0.0.5:55720          ESTABLISHED off (0.00/0/0)\n"
    "tcp        0      0 10.0.0.5:55715          10.0.0.4:80             ESTABLISHED off (0.00/0/0)\n"
    "tcp        0      0 10.0.0.5:55716          10.0.0.4:80             ESTABLISHED off (0.00/0/0)\n"
    "tcp        0      0 10.0.0.5:55717          10.0.0.4:80             FIN_WAIT2   off (0.00/0/0)\n"
    "tcp        0      0 10.0.0.5:55718          10.0.0.4:80             TIME_WAIT   timewait (59.64/0/0)\n"
    "tcp        0      0 10.0.0.5:55719          10.0.0.4:80             ESTABLISHED off (0.00/0/0)\n"
    "tcp        0 3782144 10.0.0.5:55720          10.0.0.4:80             ESTABLISHED probe (0.12/0/0)\n"
    "tcp        0      0 10.0.0.4:80             10.0.0.5:55715          ESTABLISHED off (0.00/0/0)\n"
    "tcp      100      0 10.0.0.4:80             10.0.0.5:55716          ESTABLISHED off (0.00/0/0)\n"
    "tcp        1      0 10.0.0.4:80             10.0.0.5:55717          CLOSE_WAIT  off (0.00/0/0)\n"
    "tcp        0      0 10.0.0.4:8080           10.0.0.5:55730          ESTABLISHED off (0.00/0/0)\n"
    "tcp        0      0 10.0.0.4:80             10.0.0.5:55719          ESTABLISHED keepalive (7199.64/0/0)\n"
    "tcp        0      0 10.0.0.5:55730          10.0.0.4:8080           ESTABLISHED off (0.00/0/0)\n";

// netstat -uano
inline constexpr std::string_view kNetstatUano =
    "Active Internet connections (servers and established)\n"
    "Proto Recv-Q Send-Q Local Address           Foreign Address         State       Timer\n"
    "udp      832      0 0.0.0.0:53              0.0.0.0:*                           off (0.00/0/0)\n"
    "udp        0      0 10.0.0.4:4242           10.0.0.5:5353           ESTABLISHED off (0.00/0/0)\n"
    "udp        0      0 0.0.0.0:54875           0.0.0.0:*                           off (0.00/0/0)\n";

// netstat -tanp
inline constexpr std::string_view kNetstatTanp =
    "Active Internet connections (servers and established)\n"
    "Proto Recv-Q Send-Q Local Address           Foreign Address         State       PID/Program name    \n"
    "tcp        0      0 127.0.0.1:631           0.0.0.0:*               LISTEN      16976/python3       \n"
    "tcp        0      0 0.0.0.0:80              0.0.0.0:*               LISTEN      16976/python3       \n"
    "tcp        1      0 10.0.0.4:8080           0.0.0.0:*               LISTEN      16976/python3       \n"
    "tcp   128512      0 10.0.0.4:80             10.0.0.5:55720          ESTABLISHED 16976/python3       \n"
    "tcp        0      0 10.0.0.5:55715          10.0.0.4:80             ESTABLISHED 16976/python3       \n"
    "tcp        0      0 10.0.0.5:55716          10.0.0.4:80             ESTABLISHED 16976/python3       \n"
    "tcp        0      0 10.0.0.5:55717          10.0.0.4:80             FIN_WAIT2   16976/python3       \n"
    "tcp        0      0 10.0.0.5:55718          10.0.0.4:80             TIME_WAIT   -                   \n"
    "tcp        0      0 10.0.0.5:55719          10.0.0.4:80             ESTABLISHED 16976/python3       \n"
    "tcp        0 3782144 10.0.0.5:55720          10.0.0.4:80             ESTABLISHED 16976/python3       \n"
    "tcp        0      0 10.0.0.4:80             10.0.0.5:55715          ESTABLISHED 16976/python3       \n"
    "tcp      100      0 10.0.0.4:80             10.0.0.5:55716          ESTABLISHED 16976/python3       \n"
    "tcp        1      0 10.0.0.4:80             10.0.0.5:55717          CLOSE_WAIT  16976/python3       \n"
    "tcp        0      0 10.0.0.4:8080           10.0.0.5:55730          ESTABLISHED -                   \n"
    "tcp        0      0 10.0.0.4:80             10.0.0.5:55719          ESTABLISHED 16976/python3       \n"
    "tcp        0      0 10.0.0.5:55730          10.0.0.4:8080           ESTABLISHED 16976/python3       \n";

// netstat -ta
inline constexpr std::string_view kNetstatTa =
    "Active Internet connections (servers and established)\n"
    "Proto Recv-Q Send-Q Local Address           Foreign Address         State      \n"
    "tcp        0      0 localhost:ipp           0.0.0.0:*               LISTEN     \n"
    "tcp        0      0 0.0.0.0:http            0.0.0.0:*               LISTEN     \n"
    "tcp        1      0 10.0.0.4:http-alt       0.0.0.0:*               LISTEN     \n"
    "tcp   128512      0 10.0.0.4:http           10.0.0.5:55720          ESTABLISHED\n"
    "tcp        0      0 10.0.0.5:55715          10.0.0.4:http           ESTABLISHED\n"
    "tcp        0      0 10.0.0.5:55716          10.0.0.4:http           ESTABLISHED\n"
    "tcp        0      0 10.0.0.5:55717          10.0.0.4:http           FIN_WAIT2  \n"
    "tcp        0      0 10.0.0.5:55718          10.0.0.4:http           TIME_WAIT  \n"
    "tcp        0      0 10.0.0.5:55719          10.0.0.4:http           ESTABLISHED\n"
    "tcp        0 3782144 10.0.0.5:55720          10.0.0.4:http           ESTABLISHED\n"
    "tcp        0      0 10.0.0.4:http           10.0.0.5:55715          ESTABLISHED\n"
    "tcp      100      0 10.0.0.4:http           10.0.0.5:55716          ESTABLISHED\n"
    "tcp        1      0 10.0.0.4:http           10.0.0.5:55717          CLOSE_WAIT \n"
    "tcp        0      0 10.0.0.4:http-alt       10.0.0.5:55730          ESTABLISHED\n"
    "tcp        0      0 10.0.0.4:http           10.0.0.5:55719          ESTABLISHED\n"
    "tcp        0      0 10.0.0.5:55730          10.0.0.4:http-alt       ESTABLISHED\n";

// netstat -wan
inline constexpr std::string_view kNetstatWan =
    "Active Internet connections (servers and established)\n"
    "Proto Recv-Q Send-Q Local Address           Foreign Address         State      \n"
    "raw        0      0 10.0.0.5:1              10.0.0.5:*              1          \n"
    "raw        0      0 0.0.0.0:1               0.0.0.0:*               7          \n";

// netstat -tuan
inline constexpr std::string_view kNetstatTuan =
    "Active Internet connections (servers and established)\n"
    "Proto Recv-Q Send-Q Local Address           Foreign Address         State      \n"
    "tcp        0      0 127.0.0.1:631           0.0.0.0:*               LISTEN     \n"
    "tcp        0      0 0.0.0.0:80              0.0.0.0:*               LISTEN     \n"
    "tcp        1      0 10.0.0.4:8080           0.0.0.0:*               LISTEN     \n"
    "tcp   128512      0 10.0.0.4:80             10.0.0.5:55720          ESTABLISHED\n"
    "tcp        0      0 10.0.0.5:55715          10.0.0.4:80             ESTABLISHED\n"
    "tcp        0      0 10.0.0.5:55716          10.0.0.4:80             ESTABLISHED\n"
    "tcp        0      0 10.0.0.5:55717          10.0.0.4:80             FIN_WAIT2  \n"
    "tcp        0      0 10.0.0.5:55718          10.0.0.4:80             TIME_WAIT  \n"
    "tcp        0      0 10.0.0.5:55719          10.0.0.4:80             ESTABLISHED\n"
    "tcp        0 3782144 10.0.0.5:55720          10.0.0.4:80             ESTABLISHED\n"
    "tcp        0      0 10.0.0.4:80             10.0.0.5:55715          ESTABLISHED\n"
    "tcp      100      0 10.0.0.4:80             10.0.0.5:55716          ESTABLISHED\n"
    "tcp        1      0 10.0.0.4:80             10.0.0.5:55717          CLOSE_WAIT \n"
    "tcp        0      0 10.0.0.4:8080           10.0.0.5:55730          ESTABLISHED\n"
    "tcp        0      0 10.0.0.4:80             10.0.0.5:55719          ESTABLISHED\n"
    "tcp        0      0 10.0.0.5:55730          10.0.0.4:8080           ESTABLISHED\n"
    "udp      832      0 0.0.0.0:53              0.0.0.0:*                          \n"
    "udp        0      0 10.0.0.4:4242           10.0.0.5:5353           ESTABLISHED\n"
    "udp        0      0 0.0.0.0:54875           0.0.0.0:*                          \n";

// ss -tan
inline constexpr std::string_view kSsTan =
    "State      Recv-Q Send-Q  Local Address:Port  Peer Address:Port Process\n"
    "LISTEN     0      128         127.0.0.1:631        0.0.0.0:*           \n"
    "LISTEN     0      5             0.0.0.0:80         0.0.0.0:*           \n"
    "LISTEN     1      128          10.0.0.4:8080       0.0.0.0:*           \n"
    "ESTAB      128512 0            10.0.0.4:80        10.0.0.5:55720       \n"
    "ESTAB      0      0            10.0.0.5:55715     10.0.0.4:80          \n"
    "ESTAB      0      0            10.0.0.5:55716     10.0.0.4:80          \n"
    "FIN-WAIT-2 0      0            10.0.0.5:55717     10.0.0.4:80          \n"
    "TIME-WAIT  0      0            10.0.0.5:55718     10.0.0.4:80          \n"
    "ESTAB      0      0            10.0.0.5:55719     10.0.0.4:80          \n"
    "ESTAB      0      3782144      10.0.0.5:55720     10.0.0.4:80          \n"
    "ESTAB      0      0            10.0.0.4:80        10.0.0.5:55715       \n"
    "ESTAB      100    0            10.0.0.4:80        10.0.0.5:55716       \n"
    "CLOSE-WAIT 1      0            10.0.0.4:80        10.0.0.5:55717       \n"
    "ESTAB      0      0            10.0.0.4:8080      10.0.0.5:55730       \n"
    "ESTAB      0      0            10.0.0.4:80        10.0.0.5:55719       \n"
    "ESTAB      0      0            10.0.0.5:55730     10.0.0.4:8080        \n";

// ss -tn
inline constexpr std::string_view kSsTn =
    "State      Recv-Q Send-Q  Local Address:Port  Peer Address:Port Process\n"
    "ESTAB      128512 0            10.0.0.4:80        10.0.0.5:55720       \n"
    "ESTAB      0      0            10.0.0.5:55715     10.0.0.4:80          \n"
    "ESTAB      0      0            10.0.0.5:55716     10.0.0.4:80          \n"
    "FIN-WAIT-2 0      0            10.0.0.5:55717     10.0.0.4:80          \n"
    "ESTAB      0      0            10.0.0.5:55719     10.0.0.4:80          \n"
    "ESTAB      0      3782144      10.0.0.5:55720     10.0.0.4:80          \n"
    "ESTAB      0      0            10.0.0.4:80        10.0.0.5:55715       \n"
    "ESTAB      100    0            10.0.0.4:80        10.0.0.5:55716       \n"
    "CLOSE-WAIT 1      0            10.0.0.4:80        10.0.0.5:55717       \n"
    "ESTAB      0      0            10.0.0.4:8080      10.0.0.5:55730       \n"
    "ESTAB      0      0            10.0.0.4:80        10.0.0.5:55719       \n"
    "ESTAB      0      0            10.0.0.5:55730     10.0.0.4:8080        \n";

// ss -tln
inline constexpr std::string_view kSsTln =
    "State  Recv-Q Send-Q Local Address:Port Peer Address:PortProcess\n"
    "LISTEN 0      128        127.0.0.1:631       0.0.0.0:*          \n"
    "LISTEN 0      5            0.0.0.0:80        0.0.0.0:*          \n"
    "LISTEN 1      128         10.0.0.4:8080      0.0.0.0:*          \n";

// ss -uan
inline constexpr std::string_view kSsUan =
    "State  Recv-Q Send-Q Local Address:Port  Peer Address:PortProcess\n"
    "UNCONN 832    0            0.0.0.0:53         0.0.0.0:*          \n"
    "ESTAB  0      0           10.0.0.4:4242      10.0.0.5:5353       \n"
    "UNCONN 0      0            0.0.0.0:54875      0.0.0.0:*          \n";

// ss -un
inline constexpr std::string_view kSsUn =
    "Recv-Q Send-Q Local Address:Port Peer Address:PortProcess\n"
    "0      0           10.0.0.4:4242     10.0.0.5:5353       \n";

// ss -uln
inline constexpr std::string_view kSsUln =
    "State  Recv-Q Send-Q Local Address:Port  Peer Address:PortProcess\n"
    "UNCONN 832    0            0.0.0.0:53         0.0.0.0:*          \n"
    "UNCONN 0      0            0.0.0.0:54875      0.0.0.0:*          \n";

// ss -wan
inline constexpr std::string_view kSsWan =
    "State  Recv-Q Send-Q Local Address:Port Peer Address:PortProcess\n"
    "ESTAB  0      0           10.0.0.5:1        10.0.0.5:*          \n"
    "UNCONN 0      0            0.0.0.0:1         0.0.0.0:*          \n";

// ss -tuan
inline constexpr std::string_view kSsTuan =
    "Netid State      Recv-Q Send-Q  Local Address:Port  Peer Address:Port Process\n"
    "udp   UNCONN     832    0             0.0.0.0:53         0.0.0.0:*           \n"
    "udp   ESTAB      0      0            10.0.0.4:4242      10.0.0.5:5353        \n"
    "udp   UNCONN     0      0             0.0.0.0:54875      0.0.0.0:*           \n"
    "tcp   LISTEN     0      128         127.0.0.1:631        0.0.0.0:*           \n"
    "tcp   LISTEN     0      5             0.0.0.0:80         0.0.0.0:*           \n"
    "tcp   LISTEN     1      128          10.0.0.4:8080       0.0.0.0:*           \n"
    "tcp   ESTAB      128512 0            10.0.0.4:80        10.0.0.5:55720       \n"
    "tcp   ESTAB      0      0            10.0.0.5:55715     10.0.0.4:80          \n"
    "tcp   ESTAB      0      0            10.0.0.5:55716     10.0.0.4:80          \n"
    "tcp   FIN-WAIT-2 0      0            10.0.0.5:55717     10.0.0.4:80          \n"
    "tcp   TIME-WAIT  0      0            10.0.0.5:55718     10.0.0.4:80          \n"
    "tcp   ESTAB      0      0            10.0.0.5:55719     10.0.0.4:80          \n"
    "tcp   ESTAB      0      3782144      10.0.0.5:55720     10.0.0.4:80          \n"
    "tcp   ESTAB      0      0            10.0.0.4:80        10.0.0.5:55715       \n"
    "tcp   ESTAB      100    0            10.0.0.4:80        10.0.0.5:55716       \n"
    "tcp   CLOSE-WAIT 1      0            10.0.0.4:80        10.0.0.5:55717       \n"
    "tcp   ESTAB      0      0            10.0.0.4:8080      10.0.0.5:55730       \n"
    "tcp   ESTAB      0      0            10.0.0.4:80        10.0.0.5:55719       \n"
    "tcp   ESTAB      0      0            10.0.0.5:55730     10.0.0.4:8080        \n";

// ss -tano
inline constexpr std::string_view kSsTano =
    "State      Recv-Q Send-Q  Local Address:Port  Peer Address:Port Process                    \n"
    "LISTEN     0      128         127.0.0.1:631        0.0.0.0:*                               \n"
    "LISTEN     0      5             0.0.0.0:80         0.0.0.0:*                               \n"
    "LISTEN     1      128          10.0.0.4:8080       0.0.0.0:*                               \n"
    "ESTAB      128512 0            10.0.0.4:80        10.0.0.5:55720                           \n"
    "ESTAB      0      0            10.0.0.5:55715     10.0.0.4:80                              \n"
    "ESTAB      0      0            10.0.0.5:55716     10.0.0.4:80                              \n"
    "FIN-WAIT-2 0      0            10.0.0.5:55717     10.0.0.4:80                              \n"
    "TIME-WAIT  0      0            10.0.0.5:55718     10.0.0.4:80    timer:(timewait,59sec,0)  \n"
    "ESTAB      0      0            10.0.0.5:55719     10.0.0.4:80                              \n"
    "ESTAB      0      3782144      10.0.0.5:55720     10.0.0.4:80    timer:(persist,044ms,0)   \n"
    "ESTAB      0      0            10.0.0.4:80        10.0.0.5:55715                           \n"
    "ESTAB      100    0            10.0.0.4:80        10.0.0.5:55716                           \n"
    "CLOSE-WAIT 1      0            10.0.0.4:80        10.0.0.5:55717                           \n"
    "ESTAB      0      0            10.0.0.4:8080      10.0.0.5:55730                           \n"
    "ESTAB      0      0            10.0.0.4:80        10.0.0.5:55719 timer:(keepalive,119min,0)\n"
    "ESTAB      0      0            10.0.0.5:55730     10.0.0.4:8080                            \n";

// ss -tanp
inline constexpr std::string_view kSsTanp =
    "State      Recv-Q Send-Q  Local Address:Port  Peer Address:Port Process                             \n"
    "LISTEN     0      128         127.0.0.1:631        0.0.0.0:*     users:((\"python3\",pid=16976,fd=5)) \n"
    "LISTEN     0      5             0.0.0.0:80         0.0.0.0:*     users:((\"python3\",pid=16976,fd=3)) \n"
    "LISTEN     1      128          10.0.0.4:8080       0.0.0.0:*     users:((\"python3\",pid=16976,fd=4)) \n"
    "ESTAB      128512 0            10.0.0.4:80        10.0.0.5:55720 users:((\"python3\",pid=16976,fd=18))\n"
    "ESTAB      0      0            10.0.0.5:55715     10.0.0.4:80    users:((\"python3\",pid=16976,fd=6)) \n"
    "ESTAB      0      0            10.0.0.5:55716     10.0.0.4:80    users:((\"python3\",pid=16976,fd=8)) \n"
    "FIN-WAIT-2 0      0            10.0.0.5:55717     10.0.0.4:80    users:((\"python3\",pid=16976,fd=11))\n"
    "TIME-WAIT  0      0            10.0.0.5:55718     10.0.0.4:80                                       \n"
    "ESTAB      0      0            10.0.0.5:55719     10.0.0.4:80    users:((\"python3\",pid=16976,fd=13))\n"
    "ESTAB      0      3782144      10.0.0.5:55720     10.0.0.4:80    users:((\"python3\",pid=16976,fd=17))\n"
    "ESTAB      0      0            10.0.0.4:80        10.0.0.5:55715 users:((\"python3\",pid=16976,fd=7)) \n"
    "ESTAB      100    0            10.0.0.4:80        10.0.0.5:55716 users:((\"python3\",pid=16976,fd=9)) \n"
    "CLOSE-WAIT 1      0            10.0.0.4:80        10.0.0.5:55717 users:((\"python3\",pid=16976,fd=12))\n"
    "ESTAB      0      0            10.0.0.4:8080      10.0.0.5:55730                                    \n"
    "ESTAB      0      0            10.0.0.4:80        10.0.0.5:55719 users:((\"python3\",pid=16976,fd=14))\n"
    "ESTAB      0      0            10.0.0.5:55730     10.0.0.4:8080  users:((\"python3\",pid=16976,fd=16))\n";

// ss -tanH
inline constexpr std::string_view kSsTanH =
    "LISTEN     0      128     127.0.0.1:631    0.0.0.0:*    \n"
    "LISTEN     0      5         0.0.0.0:80     0.0.0.0:*    \n"
    "LISTEN     1      128      10.0.0.4:8080   0.0.0.0:*    \n"
    "ESTAB      128512 0        10.0.0.4:80    10.0.0.5:55720\n"
    "ESTAB      0      0        10.0.0.5:55715 10.0.0.4:80   \n"
    "ESTAB      0      0        10.0.0.5:55716 10.0.0.4:80   \n"
    "FIN-WAIT-2 0      0        10.0.0.5:55717 10.0.0.4:80   \n"
    "TIME-WAIT  0      0        10.0.0.5:55718 10.0.0.4:80   \n"
    "ESTAB      0      0        10.0.0.5:55719 10.0.0.4:80   \n"
    "ESTAB      0      3782144  10.0.0.5:55720 10.0.0.4:80   \n"
    "ESTAB      0      0        10.0.0.4:80    10.0.0.5:55715\n"
    "ESTAB      100    0        10.0.0.4:80    10.0.0.5:55716\n"
    "CLOSE-WAIT 1      0        10.0.0.4:80    10.0.0.5:55717\n"
    "ESTAB      0      0        10.0.0.4:8080  10.0.0.5:55730\n"
    "ESTAB      0      0        10.0.0.4:80    10.0.0.5:55719\n"
    "ESTAB      0      0        10.0.0.5:55730 10.0.0.4:8080 \n";

// ss -ta
inline constexpr std::string_view kSsTa =
    "State      Recv-Q Send-Q  Local Address:Port     Peer Address:Port    Process\n"
    "LISTEN     0      128         127.0.0.1:ipp           0.0.0.0:*              \n"
    "LISTEN     0      5             0.0.0.0:http          0.0.0.0:*              \n"
    "LISTEN     1      128          10.0.0.4:http-alt      0.0.0.0:*              \n"
    "ESTAB      128512 0            10.0.0.4:http         10.0.0.5:55720          \n"
    "ESTAB      0      0            10.0.0.5:55715        10.0.0.4:http           \n"
    "ESTAB      0      0            10.0.0.5:55716        10.0.0.4:http           \n"
    "FIN-WAIT-2 0      0            10.0.0.5:55717        10.0.0.4:http           \n"
    "TIME-WAIT  0      0            10.0.0.5:55718        10.0.0.4:http           \n"
    "ESTAB      0      0            10.0.0.5:55719        10.0.0.4:http           \n"
    "ESTAB      0      3782144      10.0.0.5:55720        10.0.0.4:http           \n"
    "ESTAB      0      0            10.0.0.4:http         10.0.0.5:55715          \n"
    "ESTAB      100    0            10.0.0.4:http         10.0.0.5:55716          \n"
    "CLOSE-WAIT 1      0            10.0.0.4:http         10.0.0.5:55717          \n"
    "ESTAB      0      0            10.0.0.4:http-alt     10.0.0.5:55730          \n"
    "ESTAB      0      0            10.0.0.4:http         10.0.0.5:55719          \n"
    "ESTAB      0      0            10.0.0.5:55730        10.0.0.4:http-alt       \n";

}  // namespace fourtuple::observe::kernel
// clang-format on
