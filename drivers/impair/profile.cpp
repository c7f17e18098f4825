#include "drivers/impair/profile.hpp"

namespace fourtuple::impair {
namespace {

void copy_corrupt(const Profile& from, Profile& to) {
  to.corrupt = from.corrupt;
  to.damage = from.damage;
}

void copy_reorder(const Profile& from, Profile& to) {
  to.reorder = from.reorder;
  to.reorder_depth = from.reorder_depth;
  to.reorder_delay = from.reorder_delay;
}

void copy_jitter(const Profile& from, Profile& to) {
  to.jitter = from.jitter;
  to.keeps_order = from.keeps_order;
}

void copy_rate(const Profile& from, Profile& to) {
  to.rate = from.rate;
  to.trace = from.trace;
}

void copy_queue(const Profile& from, Profile& to) {
  to.queue = from.queue;
  to.queue_bytes = from.queue_bytes;
  to.mark_above = from.mark_above;
}

void copy_mtu(const Profile& from, Profile& to) {
  to.mtu = from.mtu;
  to.reports_mtu = from.reports_mtu;
}

}  // namespace

void copy_setting(Setting setting, const Profile& from, Profile& to) {
  switch (setting) {
    case Setting::kLoss:
      to.loss = from.loss;
      break;
    case Setting::kGilbert:
      to.gilbert = from.gilbert;
      break;
    case Setting::kDuplicate:
      to.duplicate = from.duplicate;
      break;
    case Setting::kCorrupt:
      return copy_corrupt(from, to);
    case Setting::kReorder:
      return copy_reorder(from, to);
    case Setting::kDelay:
      to.delay = from.delay;
      break;
    case Setting::kJitter:
      return copy_jitter(from, to);
    case Setting::kRate:
      return copy_rate(from, to);
    case Setting::kQueue:
      return copy_queue(from, to);
    case Setting::kCodel:
      to.codel = from.codel;
      break;
    case Setting::kMtu:
      return copy_mtu(from, to);
    case Setting::kCable:
      to.is_down = from.is_down;
      break;
  }
}

bool is_standard(Setting setting, const Profile& profile) {
  Profile other;
  copy_setting(setting, profile, other);
  return other == Profile{};
}

}  // namespace fourtuple::impair
