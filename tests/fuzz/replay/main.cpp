// Stands in for libFuzzer: runs every file of the folders it is given, then mutations of them drawn from a fixed
// seed. It finds less than a coverage-guided fuzzer; it costs a second, needs no clang and gives the same run each
// time.
#include <algorithm>
#include <csignal>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <random>
#include <vector>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

// The sanitizers ask for these by name.
extern "C" const char* __asan_default_options();
extern "C" const char* __ubsan_default_options();
extern "C" const char* __asan_default_options() { return "abort_on_error=1"; }
extern "C" const char* __ubsan_default_options() { return "abort_on_error=1:print_stacktrace=1"; }

namespace {

using Bytes = std::vector<std::uint8_t>;

#ifndef FOURTUPLE_FUZZ_MUTATIONS  // fewer for targets whose inputs are whole worlds
#define FOURTUPLE_FUZZ_MUTATIONS 20'000
#endif
constexpr std::size_t kMutations = FOURTUPLE_FUZZ_MUTATIONS;
constexpr std::size_t kLargestInput = 4096;

const Bytes* running = nullptr;

// A failed check and a sanitizer's report both end in abort(); the input that did it becomes the next file of the
// corpus, or a named test.
void print_input_and_die(int /*signal*/) {
  std::fputs("the input, as xxd -r -p reads it:\n", stderr);
  for (const std::uint8_t octet : *running) std::fprintf(stderr, "%02x", unsigned{octet});
  std::fputc('\n', stderr);
  std::_Exit(1);
}

void run(const Bytes& input) {
  running = &input;
  LLVMFuzzerTestOneInput(input.data(), input.size());
}

Bytes read_file(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  return Bytes(std::istreambuf_iterator<char>(file), {});
}

void read_folder(const std::filesystem::path& folder, std::vector<Bytes>& corpus) {
  if (!std::filesystem::is_directory(folder)) return;
  std::vector<std::filesystem::path> paths;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(folder)) {
    if (entry.is_regular_file()) paths.push_back(entry.path());
  }
  std::sort(paths.begin(), paths.end());  // the file system's order must not decide which mutations are drawn
  for (const auto& path : paths) corpus.push_back(read_file(path));
}

class Mutator {
 public:
  Bytes mutate(Bytes input) {
    for (std::size_t left = 1 + below(4); left > 0; --left) change_once(input);
    if (input.size() > kLargestInput) input.resize(kLargestInput);
    return input;
  }
  std::size_t below(std::size_t bound) { return static_cast<std::size_t>(random_()) % bound; }

 private:
  void change_once(Bytes& input) {
    if (input.empty()) return grow(input);
    switch (below(5)) {
      case 0:
        input[below(input.size())] ^= static_cast<std::uint8_t>(1U << below(8));
        break;
      case 1:
        input[below(input.size())] = edge();
        break;
      case 2:
        input.resize(below(input.size() + 1));
        break;
      case 3:
        grow(input);
        break;
      case 4:
        copy_within(input);
        break;
    }
  }
  std::uint8_t edge() {
    static constexpr std::uint8_t kEdges[] = {0x00, 0x01, 0x7f, 0x80, 0xfe, 0xff};
    return kEdges[below(std::size(kEdges))];
  }
  void grow(Bytes& input) {
    const std::size_t more = 1 + below(64);
    for (std::size_t i = 0; i < more; ++i) input.push_back(static_cast<std::uint8_t>(random_()));
  }
  void copy_within(Bytes& input) {
    const std::size_t from = below(input.size());
    const std::size_t to = below(input.size());
    for (std::size_t i = 0; from + i < input.size() && to + i < input.size() && i < 8; ++i)
      input[to + i] = input[from + i];
  }

  std::mt19937 random_{4};
};

}  // namespace

int main(int argc, char** argv) {
  std::signal(SIGABRT, print_input_and_die);
  std::vector<Bytes> corpus;
  for (int i = 1; i < argc; ++i) read_folder(argv[i], corpus);
  const std::size_t seeds = corpus.size();
  for (const Bytes& input : corpus) run(input);
  run({});
  if (corpus.empty()) corpus.push_back(Bytes(64, 0));
  Mutator mutator;
  for (std::size_t i = 0; i < kMutations; ++i) run(mutator.mutate(corpus[mutator.below(corpus.size())]));
  std::printf("%zu files of the corpus and %zu mutations replayed\n", seeds, kMutations);
  return 0;
}
