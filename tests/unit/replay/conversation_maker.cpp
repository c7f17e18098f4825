#include "tests/unit/replay/conversation_maker.hpp"

#include <gtest/gtest.h>
#include <string>

#include "apps/packet_script/script.hpp"

namespace fourtuple::replay {
namespace {

using capture::Conversation;
using capture::Host;
using packet_script::TcpOption;

// A line in two: the packet for the script's reader, and the words behind '#'.
struct MadeLine {
  std::string packet;
  std::string remarks;
};

// "+0.010 c S ..." as a packet script has it: the client's frames go out.
MadeLine made_line(std::string_view text) {
  MadeLine line;
  const std::size_t mark = text.find('#');
  line.packet = text.substr(0, mark);
  if (mark != std::string_view::npos) {
    line.remarks = text.substr(mark + 1);
  }
  const std::size_t letter = line.packet.find_first_of("cs");
  if (letter != std::string::npos) {
    line.packet[letter] = line.packet[letter] == 'c' ? '>' : '<';
  }
  return line;
}

std::vector<MadeLine> made_lines(std::string_view text) {
  std::vector<MadeLine> lines;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    const std::string_view line = text.substr(0, end);
    if (line.find_first_not_of(" \t") != std::string_view::npos) {
      lines.push_back(made_line(line));
    }
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return lines;
}

class Maker {
 public:
  Maker() : conversation_(std::make_shared<Conversation>()) {
    conversation_->hosts = {Endpoint{Ipv4Address::from_octets(10, 0, 0, 1), 40000},
                            Endpoint{Ipv4Address::from_octets(10, 0, 0, 2), 80}};
  }

  void add(const packet_script::Event& event, const std::string& remarks) {
    time_ = event.when.kind == packet_script::When::Kind::kRelative ? time_ + event.when.at : event.when.at;
    const auto& packet = std::get<packet_script::Packet>(event.action);
    const Host from = packet.direction == packet_script::Packet::Direction::kOut ? Host::kClient : Host::kServer;
    ++number_;
    if (const auto* tcp = std::get_if<packet_script::TcpPacket>(&packet.content)) {
      add(*tcp, from, remarks);
      conversation_->frames.back().ecn_marked = packet.ecn == packet_script::Ecn::kCe;
    } else {
      add(std::get<packet_script::IcmpPacket>(packet.content), from);
    }
  }

  std::shared_ptr<Conversation> conversation() const { return conversation_; }

 private:
  void add(const packet_script::TcpPacket& packet, Host from, const std::string& remarks) {
    capture::TcpFrame frame;
    frame.number = number_;
    frame.time = time_;
    frame.from = from;
    frame.ttl = 64;
    frame.segment = segment_of(packet, from, remarks);
    frame.checksum_is_wrong = remarks.find("damaged") != std::string::npos;
    frame.odd.exact_duplicate = remarks.find("duplicate") != std::string::npos;
    frame.ip_identification = static_cast<std::uint16_t>(number_);
    conversation_->frames.push_back(frame);
  }

  void add(const packet_script::IcmpPacket& packet, Host from) {
    capture::IcmpFrame frame;
    frame.number = number_;
    frame.time = time_;
    frame.to = other(from);
    frame.type = packet.type == "time_exceeded" ? 11 : 3;
    frame.code = packet.code == "frag_needed" ? 4 : packet.code == "port_unreachable" ? 3 : 1;
    frame.next_hop_mtu = static_cast<std::uint16_t>(packet.mtu.value_or(0));
    frame.quoted_seq = made_initial(frame.to) + (packet.quoted ? packet.quoted->first : 0);
    conversation_->icmp.push_back(frame);
  }

  Segment segment_of(const packet_script::TcpPacket& packet, Host from, const std::string& remarks) {
    Segment segment;
    segment.source_port = conversation_->host(from).port;
    segment.destination_port = conversation_->host(other(from)).port;
    segment.flags = packet.flags;
    segment.seq = made_initial(from) + packet.sequence.first;
    segment.ack = packet.ack ? made_initial(other(from)) + *packet.ack : SeqNum{};
    segment.window = packet.window.value_or(65535);
    segment.urgent = packet.urgent.value_or(0);
    for (const TcpOption& option : packet.options) {
      add_option(option, from, segment.options);
    }
    segment.payload = payload(packet.sequence, from, remarks.find("altered") != std::string::npos);
    return segment;
  }

  static void add_option(const TcpOption& option, Host from, SegmentOptions& options) {
    if (option.kind == TcpOption::Kind::kMss) {
      options.mss = static_cast<std::uint16_t>(option.value);
    } else if (option.kind == TcpOption::Kind::kWindowScale) {
      options.window_scale = static_cast<std::uint8_t>(option.value);
    } else if (option.kind == TcpOption::Kind::kSackOk) {
      options.sack_permitted = true;
    } else if (option.kind == TcpOption::Kind::kTimestamps) {
      options.timestamps = TcpTimestamps{option.value, option.echo};
    } else if (option.kind == TcpOption::Kind::kSack) {
      for (const TcpOption::Block& block : option.blocks) {
        options.sack[options.sack_count++] = {made_initial(other(from)) + block.left,
                                              made_initial(other(from)) + block.right};
      }
    }
  }

  ByteView payload(const packet_script::SequenceRange& range, Host from, bool is_altered) {
    if (range.length == 0) {
      return {};
    }
    std::vector<std::uint8_t>& octets = conversation_->octets.emplace_back(range.length);
    for (std::uint32_t i = 0; i < range.length; ++i) {
      octets[i] = static_cast<std::uint8_t>(made_octet(from, StreamOffset{range.first} + i) ^ (is_altered ? 1U : 0U));
    }
    return octets;
  }

  std::shared_ptr<Conversation> conversation_;
  capture::CaptureTime time_{};
  std::uint32_t number_ = 0;
};

}  // namespace

std::uint8_t made_octet(Host host, StreamOffset offset) {
  return static_cast<std::uint8_t>((host == Host::kClient ? 'a' : 'A') + offset % 26);
}

SeqNum made_initial(Host host) { return {host == Host::kClient ? 0xffffff00U : 0xfffffe00U}; }

std::shared_ptr<Conversation> make_conversation(std::string_view lines) {
  Maker maker;
  const std::vector<MadeLine> made = made_lines(lines);
  std::string text;
  for (const MadeLine& line : made) {
    text += line.packet + '\n';
  }
  const auto script = packet_script::parse(text, "conversation");
  if (!script) {
    ADD_FAILURE() << script.error().to_string();
    return maker.conversation();
  }
  for (std::size_t i = 0; i < script->events.size(); ++i) {
    maker.add(script->events[i], made[i].remarks);
  }
  return maker.conversation();
}

std::shared_ptr<Conversation> make_open_conversation(std::string_view lines) {
  return make_conversation(
      "+0.000 c S  0:0(0) win 64240 <mss 1460,sackOK>\n"
      "+0.010 s S. 0:0(0) ack 1 win 65160 <mss 1460,sackOK>\n"
      "+0.000 c .  1:1(0) ack 1\n" +
      std::string(lines));
}

}  // namespace fourtuple::replay
