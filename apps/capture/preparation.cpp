#include "apps/capture/preparation.hpp"

namespace fourtuple::capture {

void prepare(Conversation& conversation, const std::vector<FrameFacts>& facts, std::size_t most_frames) {
  judge_checksums(conversation, facts);
  find_refusal(conversation, facts);
  mark_oddities(conversation);
  mark_strangers(conversation);
  cut_super_frames(conversation, facts, most_frames);
}

}  // namespace fourtuple::capture
