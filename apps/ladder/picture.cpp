#include "apps/ladder/picture.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <utility>

#include "stack/observe/ladder_board.hpp"

namespace fourtuple::ladder {
namespace {

using capture::Conversation;
using capture::Host;
using observe::Direction;
using observe::LadderRow;
using observe::Tone;

// The numbers of rows begin at 1, as 0 is no connection; those of streams begin at 0.
std::uint64_t connection_of(const Conversation& conversation) { return std::uint64_t{conversation.stream} + 1; }

std::string_view words_of(Sign sign) {
  switch (sign) {
    case Sign::kRetransmission:
      return "again";
    case Sign::kOutOfOrder:
      return "out of order";
    case Sign::kGap:
      return "behind a gap";
    case Sign::kLost:
      return "lost beyond here";
    case Sign::kDamaged:
      return "damaged: wrong checksum";
    case Sign::kDuplicateAck:
      return "duplicate ACK";
    case Sign::kWindowClosed:
      return "window closed";
    case Sign::kWindowOpened:
      return "window opened";
    case Sign::kWindowProbe:
      return "window probe";
    case Sign::kKeepAlive:
      return "keep-alive";
    case Sign::kCongestionMark:
      return "marked: congestion";
    case Sign::kRecordedTwice:
      return "recorded twice";
    case Sign::kAckOfUnseen:
      return "acknowledges the unseen";
    case Sign::kFromAStranger:
      return "from a stranger";
  }
  return "";
}

bool is_plain(const ReadFrame& read) {
  const TcpFlags flags = read.frame->segment.flags;
  // The first three duplicate ACKs are what a sender counts.
  const bool is_quiet =
      read.signs.empty() || (read.signs.size() == 1 && read.has(Sign::kDuplicateAck) && read.duplicate_acks > 3);
  return is_quiet && !flags.syn() && !flags.fin() && !flags.rst() && !flags.urg();
}

Tone tone_of(const ReadFrame& read) {
  if (read.has(Sign::kRetransmission) || read.has(Sign::kOutOfOrder)) return Tone::kAgain;
  if (read.frame->segment.flags.rst()) return Tone::kDropped;
  return read.frame->from == Host::kClient ? Tone::kSent : Tone::kReceived;
}

LadderRow row_of_frame(const Conversation& conversation, const ReadFrame& read) {
  const bool is_lost = read.has(Sign::kLost) || read.has(Sign::kDamaged);
  LadderRow row;
  row.kind = is_lost ? LadderRow::Kind::kLostArrow : LadderRow::Kind::kArrow;
  row.direction = read.frame->from == Host::kClient ? Direction::kSent : Direction::kReceived;
  row.tone = tone_of(read);
  row.plain = is_plain(read);
  row.again = read.has(Sign::kRetransmission);
  row.connection = connection_of(conversation);
  row.time = read.frame->time;
  row.segment = read.line;
  row.below = observe::options_in_words(read.frame->segment, read.line.relative_ack);
  row.why = fmt::format("{}", read.frame->number);
  row.rule = remark_on(read);
  return row;
}

std::string headline_of(const Conversation& conversation) {
  std::string text = fmt::format("{} <-> {}", to_string(conversation.host(Host::kClient)),
                                 to_string(conversation.host(Host::kServer)));
  const auto& first = conversation.frames.front().segment.flags;
  if (!first.syn()) text += ", under way when the capture began";
  return text;
}

}  // namespace

std::string remark_on(const ReadFrame& read) {
  std::string words;
  for (const Sign sign : read.signs) {
    // The arrow says so itself; only the detail is left to tell.
    const std::string_view word = sign == Sign::kRetransmission && !read.detail.empty() ? "" : words_of(sign);
    words += fmt::format("{}{}", words.empty() || word.empty() ? "" : ", ", word);
    if (sign != read.signs.front() || read.detail.empty()) continue;
    words += fmt::format("{}{}", words.empty() ? "" : sign == Sign::kDuplicateAck ? " " : ": ", read.detail);
  }
  return words;
}

void Picture::put(std::uint32_t number, LadderRow row) {
  if (rows_.size() >= kMostRows) return void(++left_out_);
  rows_.push_back({.number = number, .row = std::move(row)});
}

void Picture::add(const Conversation& conversation) {
  if (conversation.frames.empty()) return;
  const std::string client = to_string(conversation.host(Host::kClient).address);
  const std::string server = to_string(conversation.host(Host::kServer).address);
  left_.insert(client);
  right_.insert(server);
  introduced_.insert(std::minmax(client, server));
  headlines_.push_back({.connection = connection_of(conversation), .text = headline_of(conversation)});
  for (const ReadFrame& read : read_conversation(conversation))
    put(read.frame->number, row_of_frame(conversation, read));
}

void Picture::add(OtherFrame frame) {
  if (others_.size() >= kMostRows) return void(++left_out_);
  others_.push_back(std::move(frame));
}

// Known hosts keep their side; of two that nobody has seen, the first to speak stands on the left.
LadderRow Picture::row_of(const OtherFrame& frame) {
  const bool known = left_.contains(frame.source) || right_.contains(frame.source) ||
                     left_.contains(frame.destination) || right_.contains(frame.destination);
  if (!known && !frame.source.empty()) {
    left_.insert(frame.source);
    right_.insert(frame.destination);
  }
  const bool from_left =
      left_.contains(frame.source) || (!right_.contains(frame.source) && right_.contains(frame.destination));
  LadderRow row;
  row.direction = from_left ? Direction::kSent : Direction::kReceived;
  row.plain = true;
  row.time = frame.time;
  row.text = frame.line;
  row.why = fmt::format("{}", frame.number);
  const bool says_addresses = frame.line.starts_with("ARP") || frame.source.empty();
  const auto pair = std::minmax(frame.source, frame.destination);
  if (!says_addresses && introduced_.emplace(pair.first, pair.second).second)
    row.below = fmt::format("{} to {}", frame.source, frame.destination);
  return row;
}

void Picture::draw(observe::Ladder::Write write, const observe::LadderOptions& look) {
  for (const OtherFrame& frame : others_) put(frame.number, row_of(frame));
  std::ranges::stable_sort(rows_, {}, &Row::number);
  observe::LadderOptions options = look;
  options.left_name = "client";
  options.right_name = "server";
  options.beside = "frame, what is seen";
  options.first_number = 0;
  observe::LadderBoard board(std::move(write), options);
  for (Row& row : rows_) {
    const auto headline = std::ranges::find(headlines_, row.row.connection, &Headline::connection);
    if (headline != headlines_.end() && !std::exchange(headline->drawn, true))
      board.headline(headline->connection, headline->text, row.row.time);
    board.offer(std::move(row.row));
  }
  board.finish();
}

}  // namespace fourtuple::ladder
