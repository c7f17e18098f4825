// Opening the driver that a command line asks for, and what is wrapped around it.
#pragma once

#include <memory>
#include <string>

#include "apps/options.hpp"
#include "drivers/driver.hpp"
#include "stack/base/packet_buffer.hpp"
#include "stack/base/result.hpp"

namespace fourtuple::apps {

// --tap: an existing device or a new one.
[[nodiscard]] SetupResult<std::unique_ptr<Driver>> open_tap(const AttachOptions& options, BufferPool& pool);
// --raw: an interface whose address the kernel does not own.
[[nodiscard]] SetupResult<std::unique_ptr<Driver>> open_raw(const AttachOptions& options, BufferPool& pool);
// With a capture of what passes it; the driver itself where `path` is empty.
[[nodiscard]] SetupResult<std::unique_ptr<Driver>> captured(std::unique_ptr<Driver> driver, const std::string& path);
// --wire and --pcap. The capture shows what our stack sent and got: what the bad wire loses is lost beyond it.
[[nodiscard]] SetupResult<std::unique_ptr<Driver>> wrap(std::unique_ptr<Driver> driver, const AttachOptions& options,
                                                        BufferPool& pool);

}  // namespace fourtuple::apps
