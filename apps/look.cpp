#include "apps/look.hpp"

#include "stack/observe/terminal.hpp"

namespace fourtuple::apps {

observe::LadderOptions ladder_look(const LookOptions& look, int descriptor) {
  using observe::ColorWish;
  const ColorWish wish = !look.color ? ColorWish::kAuto : *look.color ? ColorWish::kAlways : ColorWish::kNever;
  observe::LadderOptions options;
  options.ascii = look.ascii || observe::wants_ascii();
  options.color = observe::wants_color(wish, descriptor);
  options.width = look.width;
  return options;
}

}  // namespace fourtuple::apps
