// SPDX-License-Identifier: MIT
// Needs trimtab::all (Eigen for the fit of GARCH).
// judge_forecasts: how good are forecasts of volatility, of liquidation and of costs, on a price history?
//
//     judge_forecasts [--prices FILE]... [--judge-from 2022-01-01]        hourly bars; without a file, a generated
//     history
//
// Models learn on what lies before the date and are judged on what follows; those that learn on the way go on learning.
#include <cxxopts.hpp>
#include <fmt/core.h>

#include "history.hpp"
#include "reliability.hpp"
#include "vault.hpp"
#include "volatility.hpp"
#include <chrono>
#include <cstdio>
#include <exception>
#include <string>

namespace {

std::int64_t midnight(const std::string& date) {
  int year = 0, used = 0;
  unsigned month = 0, day = 0;
  const bool read = std::sscanf(date.c_str(), "%4d-%2u-%2u%n", &year, &month, &day, &used) == 3;
  const std::chrono::year_month_day ymd{std::chrono::year{year}, std::chrono::month{month}, std::chrono::day{day}};
  if (!read || static_cast<std::size_t>(used) != date.size() || !ymd.ok())
    throw std::runtime_error("--judge-from: expected a date like 2022-01-01, given '" + date + "'");
  return std::chrono::duration_cast<std::chrono::seconds>(std::chrono::sys_days{ymd}.time_since_epoch()).count();
}

}  // namespace

int main(int argc, char** argv) try {
  cxxopts::Options options("judge_forecasts", "Forecasts against what then happened, on a history of hourly prices.\n");
  options.add_options()(
      "prices", "price file: unix_seconds,open,high,low,close,volume; may be repeated, in order [a generated history]",
      cxxopts::value<std::vector<std::string>>(),
      "FILE")("judge-from", "models learn before this day and are judged from it on",
              cxxopts::value<std::string>()->default_value("2022-01-01"), "DATE")("help", "this text");
  const auto given = options.parse(argc, argv);
  if (given.count("help") != 0) {
    fmt::print("{}", options.help());
    return 0;
  }
  const std::int64_t from = midnight(given["judge-from"].as<std::string>());
  const judge::history history = given.count("prices") != 0
                                     ? judge::read_history(given["prices"].as<std::vector<std::string>>())
                                     : judge::generated_history();
  judge::history_check(history, from);
  fmt::print("{} days, {} of them judged\n\n", history.days.size(), judge::judged_days(history, from));
  const judge::volatility_study study = judge::judge_volatility(history, from);
  judge::print_reliability(history, from, study);
  judge::print_vaults(history, from);
  return 0;
} catch (const std::exception& fault) {
  fmt::print(stderr, "judge_forecasts: {}\n", fault.what());
  return 2;
}
