// SPDX-License-Identifier: MIT
// Means, mean ticks, moving averages and medians of scripted price paths against 40 digits: every row and column.
#include <gtest/gtest.h>

#include <trimtab/oracle/median_of_sources.hpp>
#include <trimtab/oracle/moving_average.hpp>
#include <trimtab/oracle/time_weighted.hpp>

#include "support/vectors.hpp"
#include <algorithm>
#include <chrono>
#include <cmath>
#include <string>
#include <vector>

namespace trimtab {
namespace {

using test::double_of;
using test::number_of;
using test::relative_error;
using test::row;
using test::vector_file;

timestamp time_of(const std::string& text) {
  return at_unix(std::stoll(text));
}

TEST(TimeWeightedVectors, Paths) {
  vector_file file("math/twap.csv");
  for (const row& r : file.rows()) {
    const std::vector<std::string> times = r.list("t"), texts = r.list("price");
    ASSERT_EQ(times.size(), texts.size());
    SCOPED_TRACE("row " + std::to_string(file.checked()));
    std::vector<observation> path;
    std::vector<double> prices;
    for (std::size_t i = 0; i < times.size(); ++i) {
      prices.push_back(double_of(texts[i]));
      path.push_back({prices[i], time_of(times[i])});
    }
    const timestamp from = time_of(r.text("t0")), to = time_of(r.text("t1"));
    long double worst = 0.0L;
    const auto check = [&](const char* column, double got) {
      const long double error = relative_error(static_cast<long double>(got), number_of(r.text(column)));
      EXPECT_LT(error, 1e-14L) << column;
      worst = std::max(worst, error);
    };

    const auto means = oracle::means_over(path, from, to);
    ASSERT_TRUE(means.has_value());
    check("arith", means->arithmetic);
    check("geom", means->geometric);
    check("harmonic", means->harmonic);

    // The pool of that path: ticks rounded down, summed by seconds.
    std::vector<oracle::tick_observation> memory(path.size() + 1);
    oracle::tick_ring ring{.slots = memory};
    for (std::size_t i = 0; i < path.size(); ++i) {
      const long double exact = std::log(static_cast<long double>(path[i].price)) / std::log(1.0001L);
      const auto tick = static_cast<std::int32_t>(std::floor(exact));
      ASSERT_EQ(i == 0 ? ring.start(path[i].at, tick, uint256{1}) : ring.moved(path[i].at, tick, uint256{1}), errc::ok);
    }
    const auto window = ring.window(from, to, std::max(to, path.back().at));
    ASSERT_TRUE(window.has_value());
    EXPECT_EQ(window->mean_tick, std::stol(r.text("mean_tick")));
    check("price_at_mean_tick", window->mean_price(0, 0));
    const auto unrounded = oracle::mean_price(window->start, window->end, to - from, 0, 0);
    ASSERT_TRUE(unrounded.has_value());
    EXPECT_GE(*unrounded * (1 + 1e-14), window->mean_price(0, 0));
    EXPECT_LE(*unrounded, means->geometric * (1 + 1e-14)) << "each tick was rounded down";
    EXPECT_GE(*unrounded * 1.0001 * (1 + 1e-14), means->geometric);

    const std::chrono::duration<double> tau{double_of(r.text("half_life")) / std::log(2.0)};
    oracle::exponential_average average{path[0].price, double_of(r.text("ema0")), path[0].at};
    for (std::size_t i = 1; i < path.size() && path[i].at <= to; ++i)
      average = average.after(path[i].price, path[i].at, tau);
    check("ema", average.read(to, tau));

    const auto middle = oracle::median(prices);
    ASSERT_TRUE(middle.has_value());
    check("median", middle->lower + (middle->upper - middle->lower) / 2.0);
    file.count(worst);
  }
  file.report();
  EXPECT_EQ(file.checked(), file.rows().size());
  EXPECT_EQ(file.checked(), 64U);
}

}  // namespace
}  // namespace trimtab
