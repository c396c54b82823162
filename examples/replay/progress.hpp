// SPDX-License-Identifier: MIT
#pragma once

#include <chrono>
#include <cstddef>

namespace replay {

/// @brief How far a long run is, on stderr: a bar where somebody watches, a line each tenth where nobody does, nothing
/// when quiet or done within a moment.
class progress {
public:
  enum class style { quiet, automatic };
  progress(style wanted, std::size_t steps);
  ~progress();
  progress(const progress&) = delete;
  progress& operator=(const progress&) = delete;

  void advance(std::size_t steps = 1);

private:
  using clock = std::chrono::steady_clock;
  void draw(clock::time_point now);

  enum class sink { none, bar, lines } sink_ = sink::none;
  std::size_t steps_ = 0;
  std::size_t done_ = 0;
  std::size_t tenths_ = 0;
  clock::time_point start_;
  clock::time_point drawn_;
  bool shown_ = false;
};

}  // namespace replay
