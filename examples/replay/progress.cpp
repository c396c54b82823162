// SPDX-License-Identifier: MIT
#include "progress.hpp"

#include <fmt/core.h>
#include <unistd.h>

#include <cstdio>
#include <string>

namespace replay {

namespace {
constexpr std::chrono::milliseconds patience{700};  // shorter runs need no bar
constexpr std::chrono::milliseconds refresh{100};
constexpr std::size_t width = 40;
}  // namespace

progress::progress(style wanted, std::size_t steps) : steps_(steps), start_(clock::now()), drawn_(start_) {
  if (wanted == style::automatic && steps > 0) sink_ = ::isatty(STDERR_FILENO) != 0 ? sink::bar : sink::lines;
}

progress::~progress() {
  if (sink_ == sink::bar && shown_) fmt::print(stderr, "\r{:{}}\r", "", width + 24);
}

void progress::advance(std::size_t steps) {
  done_ += steps;
  if (sink_ == sink::none) return;
  const auto now = clock::now();
  if (now - start_ < patience) return;
  if (sink_ == sink::bar && now - drawn_ < refresh && shown_) return;
  draw(now);
}

void progress::draw(clock::time_point now) {
  const double share = static_cast<double>(done_) / static_cast<double>(steps_);
  if (sink_ == sink::bar) {
    const auto full = static_cast<std::size_t>(share * static_cast<double>(width));
    const double spent = std::chrono::duration<double>(now - start_).count();
    fmt::print(stderr, "\r[{}{}] {:3.0f} %  {:4.0f} s left", std::string(full, '#'), std::string(width - full, '.'),
               100.0 * share, share > 0.0 ? spent * (1.0 - share) / share : 0.0);
    std::fflush(stderr);
    drawn_ = now;
    shown_ = true;
    return;
  }
  const auto tenths = static_cast<std::size_t>(10.0 * share);
  if (tenths > tenths_) fmt::print(stderr, "replay: {} %\n", 10 * tenths);
  tenths_ = tenths;
}

}  // namespace replay
