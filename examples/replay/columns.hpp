// SPDX-License-Identifier: MIT
#pragma once

#include <trimtab/simulate/run.hpp>

#include "arguments.hpp"
#include "files.hpp"
#include "progress.hpp"
#include "scenario.hpp"
#include <cstddef>
#include <limits>
#include <optional>
#include <string>
#include <vector>

namespace replay {

/// Who looks after the account in one column.
struct column {
  const char* who = "";   ///< first line of its heading
  const char* how = "";   ///< second line
  const char* name = "";  ///< in CSV and JSON
  bool automatic = false;
  trimtab::simulate::run_report report{};
};

/// What is said about the market above the table.
struct market_facts {
  std::size_t blocks = 0;
  std::int64_t first_time = 0;
  std::int64_t last_time = 0;
  std::int64_t bar_seconds = 0;
  double opening_price = 0.0;
  double lowest = 0.0;
  double highest = 0.0;
  std::size_t prints = 0;
  std::size_t spikes = 0;           ///< single observations that the feed's median kept out
  double worst_fall = 0.0;          ///< of the market within δ, the worse of both bar orders
  double worst_unanswered = 0.0;    ///< of the feed through its next print and δ
  double edge = 0.0;                ///< the lower band edge that this demands
  double opening_collateral = 0.0;  ///< base currency
  double untraded_minimum = std::numeric_limits<double>::infinity();  ///< lowest health had nobody traded, liquidators
                                                                      ///< neither; the lower of both bar orders
};

/// The finished table.
struct outcome {
  market_facts facts;
  std::vector<column> columns;
};

/// Which columns to run.
enum class cast {
  everybody,
  essential,  ///< static, one-shot, chunks, and the person who uses the same sizer
  systems     ///< static, one-shot, chunks, and the systems there are, each as a preset
};

/// How many steps of progress a replay makes.
std::size_t steps_of(const scenario& s, cast who);

/// Runs every column on both orders of the bars and keeps the worse of each. Throws user_error.
outcome replay_all(const arguments& a, const scenario& s, cast who, progress& shown);

/// Writes every block of every column, each in the order that the table reports. Throws user_error.
void write_csv(const arguments& a, const scenario& s, cast who, const outcome& o, whole_file& file, progress& shown);

}  // namespace replay
