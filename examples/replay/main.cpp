// SPDX-License-Identifier: MIT
//
// replay: what happens to one account in a crash when it sits still, when a person tends it with a delay, and when a
// trimtab policy steers it. The world and the keepers are trimtab/simulate; this reads files and prints.
#include <fmt/core.h>

#include "columns.hpp"
#include "grid.hpp"
#include "print.hpp"
#include <cstdio>
#include <exception>
#include <optional>

namespace {

int replay_one(const replay::arguments& a) {
  const replay::scenario s = replay::make_scenario(a);
  const replay::cast who = a.systems ? replay::cast::systems : replay::cast::everybody;
  const std::size_t steps = replay::steps_of(s, who);
  const auto style = a.quiet ? replay::progress::style::quiet : replay::progress::style::automatic;
  std::optional<replay::whole_file> csv;
  if (!a.csv.empty()) csv.emplace(a.csv);  // before the work: a name that cannot be written is said at once
  replay::outcome o;
  {
    replay::progress shown(style, steps + (csv ? steps / 2 : 0));
    o = replay::replay_all(a, s, who, shown);
    if (csv) replay::write_csv(a, s, who, o, *csv, shown);
  }
  if (csv) csv->commit();
  if (a.json) {
    replay::print_json(a, s, o);
  } else {
    replay::print_text(a, s, o);
  }
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  constexpr int refused = 2;
  try {
    const auto a = replay::parse(argc, argv);
    if (!a) return 0;
    return a->grid.empty() ? replay_one(*a) : replay::print_grid(*a);
  } catch (const std::exception& e) {
    fmt::print(stderr, "replay: {}\n", e.what());
    return refused;
  }
}
