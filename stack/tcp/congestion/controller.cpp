#include "stack/tcp/congestion/controller.hpp"

#include <array>

#include "stack/tcp/congestion/bbr.hpp"
#include "stack/tcp/congestion/cubic.hpp"
#include "stack/tcp/congestion/dctcp.hpp"
#include "stack/tcp/congestion/new_reno.hpp"
#include "stack/tcp/congestion/uncontrolled.hpp"

namespace fourtuple::tcp {
namespace {

template <class Controller>
std::unique_ptr<CongestionController> make(std::uint32_t mss, std::uint32_t initial_window_segments) {
  return std::make_unique<Controller>(mss, initial_window_segments);
}

struct Row {
  std::string_view name;
  std::unique_ptr<CongestionController> (*make)(std::uint32_t mss, std::uint32_t initial_window_segments);
};
// [RFC9293 MAY-18]
constexpr std::array kRows{Row{"reno", make<NewReno>}, Row{"cubic", make<Cubic>}, Row{"dctcp", make<Dctcp>},
                           Row{"bbr", make<Bbr>}, Row{"none", make<Uncontrolled>}};
constexpr auto kNames = [] {
  std::array<std::string_view, kRows.size()> names{};
  for (std::size_t i = 0; i < names.size(); ++i) names[i] = kRows[i].name;
  return names;
}();

}  // namespace

std::span<const std::string_view> controller_names() { return kNames; }

std::unique_ptr<CongestionController> make_controller(std::string_view name, std::uint32_t mss,
                                                      std::uint32_t initial_window_segments) {
  for (const Row& row : kRows)
    if (row.name == name) return row.make(mss, initial_window_segments);
  return nullptr;
}

}  // namespace fourtuple::tcp
