// What is done to a conversation once all its frames are there: offloads undone, oddities marked, and whether it can be
// replayed at all.
#pragma once

#include <vector>

#include "apps/capture/decoded.hpp"

namespace fourtuple::capture {

// `facts` stand beside the frames. Super-frames are cut into no more than `most_frames` frames in all.
void prepare(Conversation& conversation, const std::vector<FrameFacts>& facts, std::size_t most_frames);

// The steps, in their order.
void judge_checksums(Conversation& conversation, const std::vector<FrameFacts>& facts);
// Tests of a handshake, of the payload and of the header's options; the first reason found is kept.
void find_refusal(Conversation& conversation, const std::vector<FrameFacts>& facts);
void mark_oddities(Conversation& conversation);
void mark_strangers(Conversation& conversation);
// Last, as it changes which frames there are.
void cut_super_frames(Conversation& conversation, const std::vector<FrameFacts>& facts, std::size_t most_frames);

}  // namespace fourtuple::capture
