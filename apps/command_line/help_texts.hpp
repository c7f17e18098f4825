// What `--help` says first: examples, then what the program does.
#pragma once

namespace fourtuple::apps::help {

struct Text {
  const char* summary;  // one line, for the list of all programs
  const char* page;
};

inline constexpr const char* kFourtuple =
    R"(Examples:
  fourtuple demo                                       the kernel talks with our stack in a private world
  fourtuple serve . -- curl http://10.0.0.4/           a web server over our stack, and one visitor
  fourtuple serve --tap tap0 --addr 10.0.0.4/24 site   the same on a TAP device of this machine
  fourtuple netstat -tan                               the connections of all running programs

fourtuple is a userspace TCP/IP stack. Each program stands on a TAP device (--tap), on an interface (--raw), or, when
neither is given, in a private network of its own that goes when the program ends. What stands after `--` runs there.
)";

inline constexpr Text kDemo{"ping, a web page, netstat on both sides, and the conversation as a ladder", R"(Examples:
  fourtuple demo                     ping, a web page, netstat, and the conversation drawn as a ladder
  fourtuple demo --link=mem          without the kernel: two of our stacks
  fourtuple demo --web               the same live in the browser, and go on until Ctrl-C
  fourtuple demo --pcap demo.pcap    and keep what passed; look at it with tcpdump -r or wireshark

Builds a private network with the kernel at one end and our stack at the other, lets them talk, shows what both sides
know about it, and leaves nothing behind.
)"};

inline constexpr Text kServe{"a web server for a folder", R"(Examples:
  fourtuple serve . -- curl http://10.0.0.4/
  fourtuple serve --upload inbox . -- curl -T big.iso http://10.0.0.4/big.iso
  fourtuple serve --tap tap0 --addr 10.0.0.4/24 --port 8080 site

Serves the files below DIR over HTTP/1.1. With --upload a PUT or POST becomes a file in that folder; without, what is
sent is read and thrown away.
)"};

inline constexpr Text kEcho{"an echo server, with a control port for test runners", R"(Examples:
  fourtuple echo -- sh -c 'echo hello | nc -N 10.0.0.4 7'
  fourtuple echo --tap tap0 --addr 10.0.0.4/24 --port 9000
  fourtuple echo --port 9000 -- sh -c 'echo STAT | nc -N 10.0.0.4 9001'

Sends back what it gets. One port above listens a control port for test runners that takes one command a line: STAT
answers STAT echo=N, the open connections; BYE closes them now; SHUT ends their sending half; CONNECT IP PORT opens one
actively, echoes there, and answers OK or ERR NAME.
)"};

inline constexpr Text kPerfServer{"discard, source and echo, to be measured against", R"(Examples:
  fourtuple perf-server -- sh -c 'head -c 1G /dev/zero | nc -N 10.0.0.4 5009'
  fourtuple perf-server --tap tap0 --addr 10.0.0.4/24
  fourtuple perf-server --vnet-hdr=off -- sh -c 'nc 10.0.0.4 5019 </dev/null | head -c 1G | wc -c'

Three ports to measure against: 5009 throws away what it gets, 5019 sends without end, 5007 echoes at once
(TCP_NODELAY). With --port N these are N, N + 10 and N - 2.
)"};

inline constexpr Text kNc{"standard input and output over one connection", R"(Examples:
  fourtuple nc -l 7000 -- sh -c 'echo hello | nc -N 10.0.0.4 7000'
  fourtuple nc --tap tap0 --addr 10.0.0.4/24 10.0.0.5 22
  printf 'GET / HTTP/1.0\r\n\r\n' | fourtuple nc --raw eth1 --addr 192.0.2.9/24 --gateway 192.0.2.1 198.51.100.7 80

Copies standard input to a connection and the connection to standard output.
)"};

inline constexpr Text kPing{"ICMP echo requests from our stack", R"(Examples:
  fourtuple ping 10.0.0.5                      the kernel's end of a private world
  fourtuple ping -c 3 -s 65507 10.0.0.5        with fragments
  fourtuple ping --raw eth1 --addr 192.0.2.9/24 192.0.2.1

Sends ICMP echo requests through a raw socket of our stack.
)"};

inline constexpr Text kNetstat{"the sockets of running programs, as netstat shows them", R"(Examples:
  fourtuple netstat -tan          TCP, listeners too, numbers only
  fourtuple netstat -tlnpe        listeners with program, user and inode
  fourtuple netstat -s            counters; -r routes, -i interfaces
  fourtuple netstat -tan --pid 4711

Shows the sockets of the fourtuple programs that you have running, as net-tools' netstat shows the kernel's.
)"};

inline constexpr Text kSs{"the same as ss shows them", R"(Examples:
  fourtuple ss -ta
  fourtuple ss -tio               with timers and what TCP knows about the path
  fourtuple ss -tn state established '( dport = :80 or sport = :80 )'
  fourtuple ss -ta --json

Shows the sockets of the fourtuple programs that you have running, as iproute2's ss shows the kernel's, with its filters:
state and exclude, src and dst, sport and dport with = != < > <= >=, and, or, not, brackets.
)"};

inline constexpr Text kStat{"the counters of running programs, by the names that nstat has", R"(Examples:
  fourtuple stat                  those that are not zero
  fourtuple stat -a               all of them
  fourtuple stat --json

Shows what the stacks of the fourtuple programs that you have running have counted since they started: TcpActiveOpens,
TcpRetransSegs, TcpExtTCPTimeouts and so on, and DropNAME for each reason why packets were dropped.
)"};

inline constexpr Text kIp{"addresses, routes and neighbours of running programs, as ip shows them", R"(Examples:
  fourtuple ip addr
  fourtuple ip route --json
  fourtuple ip neigh

Shows interfaces, the routing table and the ARP table of the fourtuple programs that you have running.
)"};

inline constexpr Text kDump{"what a running program's flight recorder has", R"(Examples:
  fourtuple serve . --recorder crash            in one terminal
  fourtuple dump --out now                      in another: now.txt, now.pcapng

A program with --recorder NAME keeps the last events of each connection. This asks for them: a ladder, and a capture with
comments. Where the engine catches itself in the impossible, the program writes NAME.txt and NAME.pcapng by itself.
)"};

inline constexpr Text kDrill{"packet scripts against our stack, in virtual time", R"(Examples:
  fourtuple drill handshake.pkt              nothing to say when it passes, the story when it fails
  fourtuple drill --trace handshake.pkt      the conversation drawn as a ladder, also when it passes
  fourtuple drill --strict -j 8 tests/conformance
  fourtuple drill -D SACK=1 --pcap out.pcap sack.pkt

Runs scripts in the language of packetdrill: socket calls, packets that arrive (<) and packets that are expected (>),
with their times. Nothing leaves this process and no time passes outside, so an hour of silence costs a millisecond.
docs/drill.md describes the language.
)"};

inline constexpr Text kReplay{"a capture through our stack, and every departure from the RFCs explained", R"(Examples:
  fourtuple replay capture.pcap                     every conversation, our stack in either host's place
  fourtuple replay --role server --stream 3 capture.pcapng.gz
  fourtuple replay --html page.html capture.pcap    and a page with both ladders side by side
  fourtuple replay --rules                          what is looked at

Takes recorded TCP conversations, lets our stack stand in for one of the two hosts, plays the other host's frames to
it in virtual time, and says where our stack, or the recorded one, departs from the RFCs. Ends with 0 where nobody
broke a rule, 1 where somebody did, 2 for files that cannot be used. docs/replay.md explains each verdict.
)"};

inline constexpr Text kRecord{"a command in a private world: a capture and a log of its socket calls", R"(Examples:
  fourtuple record -- curl http://10.0.0.4/                     leaves recording.pcap and recording.app.json
  fourtuple record --out upload -- curl -T big.iso http://10.0.0.4/
  fourtuple record --out bad --wire "loss 5%" -- sh -c 'seq 9999 | nc -N 10.0.0.4 7'
  fourtuple record --out two --server 'nc -l 7000' -- sh -c 'echo hello | nc -N 10.77.0.2 7000'

Makes a test case for `fourtuple replay`: what passed, and what the applications did. The command talks to our stack at
10.0.0.4, which serves echo (port 7), discard (9), a source (19) and HTTP (80, /N has N octets). With --server two
commands talk to each other, each over a kernel of its own: the server at 10.77.0.2, the command at 10.77.0.1. The exit
code is the command's.
)"};

inline constexpr Text kWire{"a bad path between two stacks: two kernels, or a kernel and ours", R"(Examples:
  fourtuple wire "delay 10ms; loss 1%" -- ping -c 3 10.77.0.2
  fourtuple wire "rate 10mbit; queue 64kB" --far "iperf3 -s" -- iperf3 -c 10.77.0.2
  fourtuple wire --a tap0 --b tap1 "out: drop data 3 once" --pcap a.pcap
  fourtuple wire --seconds 60 bad-path.rules

Joins two TAP devices (or interfaces) by a wire that does what the rules say; out: is from a to b, in: from b to a.
Without --a and --b it makes two private networks, 10.77.0.1 and 10.77.0.2, each with a kernel of its own, joins those,
and runs what stands after `--` in the first. There `fourtuple in-world --far -- COMMAND` runs in the second, as --far
does from the start. SIGUSR1 has the numbers said, and so has the end. docs/wire.md describes the rules.
)"};

inline constexpr Text kLadder{"any capture as a ladder, with what is remarkable about each segment", R"(Examples:
  fourtuple ladder capture.pcap
  fourtuple ladder --stream 3 capture.pcapng.gz
  fourtuple ladder --all --no-color capture.pcap | less
  tcpdump -c 100 -w - | fourtuple ladder -

Draws recorded conversations between two lifelines, the client's on the left, the server's on the right: repeated, late,
missing, lost and damaged segments, duplicate ACKs, closed windows and probes are said beside the arrows, as far as a
capture can tell, and ARP, ICMP and UDP stand between. Numbers beside the arrows are those of the frames, as in Wireshark.
)"};

inline constexpr Text kExplain{"what a state, a clause, a timer, a cause or a drop reason means", R"(Examples:
  fourtuple explain TIME-WAIT
  fourtuple explain rfc9293#3.10.7.4 MUST-58
  fourtuple explain drop:out-of-window cause:tail-loss-probe timer:persist
  fourtuple explain rule:ack-goes-back S47
  fourtuple explain                              everything that can be asked

Says in our words what it means, which clause it comes from, where the code is, and which tests show it. The words are
those of the ladder, of captures and of the conformance page; files are named from the root of the sources.
)"};

inline constexpr Text kSimulate{
    "two of our stacks in a random world, by the thousand: every invariant after every event", R"(Examples:
  fourtuple simulate --runs 1000                      the worlds of seeds 1 to 1000
  fourtuple simulate --minutes 5 --seed 5000 --jobs 2 as many as there is time for
  fourtuple simulate --seed 4711 --pcap 4711.pcap     one of them, and what was sent
  fourtuple simulate --seed 4711 --shrink             what fails there, as small as it gets
  fourtuple simulate --seed 4711 --print > 4711.sim   its plan as a text; --replay 4711.sim runs it, changed or not

A seed decides everything: a wire that loses, delays, reorders, doubles, damages and goes down, two hosts with their
options and clocks, and applications that write, read, dawdle and break off. Time is virtual; the same seed is the same
run. What is wrong is told with both control blocks and the last frames, and ends with 1. docs/simulation.md says what
is checked.
)"};

inline constexpr Text kLab{"experiments with two of our stacks: pause, step, rewind, branch, in the browser",
                           R"(Examples:
  fourtuple lab                      a page in the browser; the address is printed
  fourtuple lab 5                    the same with lab 5, a lost segment
  fourtuple lab 5 --text             the lab in the terminal
  fourtuple lab 5 --check            whether it still does what it promises
  fourtuple lab --list               all labs

Two hosts, each with a stack of ours, on a wire that does what one says, in virtual time: nothing happens until it is
stepped or run, and the same steps show the same segments. Needs neither root nor a network.
)"};

inline constexpr Text kInWorld{"a command in the private network of a running program", R"(Examples:
  fourtuple in-world -- curl http://10.0.0.4/
  fourtuple in-world --pid 4711 -- ip address
  fourtuple wire "loss 1%" -- sh -c 'fourtuple in-world --far -- nc -l 7000 & sleep 1; nc -N 10.77.0.2 7000 </etc/motd'

Runs a command in the private network of a fourtuple program that is running; with --far, in the second network of the
`fourtuple wire` whose command we are.
)"};

}  // namespace fourtuple::apps::help
