// SPDX-License-Identifier: MIT
// forecast_first_passage: probability of liquidation before a horizon; the peer is the textbook's two terms: two erfc
// and an exp of the C library.
// forecast_first_passage_all: the same with survival and both logarithms; the peer is the same, without them.
// forecast_one_touch: the probability for a new quote of health; the peer is QuantLib's AnalyticDigitalAmericanEngine:
// its quote is set, and the NPV of a one-touch without interest is asked for.
// forecast_required_health: ln HF for an accepted probability; the peer is Boost's toms748 on ln p by trimtab.
// Inputs: HF 1.02 to 2.5, volatility 0.2 to 1.2, growth −0.5 to 0.5, a day to half a year.
#include <benchmark/benchmark.h>
#include <boost/math/tools/toms748_solve.hpp>

#include <trimtab/forecast/required_health.hpp>

#include <cmath>
#include <random>
#include <vector>

#ifdef TRIMTAB_BENCH_QUANTLIB
#include <ql/exercise.hpp>
#include <ql/instruments/vanillaoption.hpp>
#include <ql/pricingengines/vanilla/analyticdigitalamericanengine.hpp>
#include <ql/processes/blackscholesprocess.hpp>
#include <ql/quotes/simplequote.hpp>
#include <ql/settings.hpp>
#include <ql/termstructures/volatility/equityfx/blackconstantvol.hpp>
#include <ql/termstructures/yield/flatforward.hpp>
#include <ql/time/calendars/nullcalendar.hpp>
#include <ql/time/daycounters/actual365fixed.hpp>
#endif

namespace {

using trimtab::forecast::motion;

constexpr std::size_t count = 1024;

struct question {
  motion m;
  double health, log_health, years, accepted;
};
struct inputs {
  std::vector<question> questions;
  inputs() {
    std::mt19937_64 engine(20020101);
    const auto between = [&](double low, double high) { return std::uniform_real_distribution<>(low, high)(engine); };
    for (std::size_t i = 0; i < count; ++i) {
      const double volatility = between(0.2, 1.2), growth = between(-0.5, 0.5), health = between(1.02, 2.5);
      questions.push_back({.m = {.drift = growth - 0.5 * volatility * volatility, .volatility = volatility},
                           .health = health,
                           .log_health = std::log(health),
                           .years = between(1.0 / 365.0, 0.5),
                           .accepted = std::exp(between(std::log(1e-6), std::log(0.3)))});
    }
  }
  static const std::vector<question>& get() {
    static const inputs all;
    return all.questions;
  }
};

double plain(const motion& m, double x, double years) {
  const double s = m.volatility * std::sqrt(2.0 * years), moved = m.drift * years;
  return 0.5 * (std::erfc((x + moved) / s) +
                std::exp(-2.0 * m.drift * x / (m.volatility * m.volatility)) * std::erfc((x - moved) / s));
}
bool close(double a, double b, double relative) {
  return std::fabs(a - b) <= relative * std::fabs(b) + 1e-15;
}

template <class F>
void each(benchmark::State& state, F f) {
  const auto& all = inputs::get();
  std::size_t i = 0;
  for (auto _ : state) {
    auto out = f(all[i % count]);
    benchmark::DoNotOptimize(out);
    ++i;
  }
}

void ours(benchmark::State& state) {
  each(state, [](const question& q) { return trimtab::forecast::liquidation_probability(q.m, q.log_health, q.years); });
}
void ours_all(benchmark::State& state) {
  each(state, [](const question& q) { return trimtab::forecast::first_passage_of(q.m, q.log_health, q.years); });
}
void peer(benchmark::State& state) {
  for (const question& q : inputs::get())
    if (!close(trimtab::forecast::liquidation_probability(q.m, q.log_health, q.years),
               plain(q.m, q.log_health, q.years), 1e-11))
      return state.SkipWithError("the answers differ");
  each(state, [](const question& q) { return plain(q.m, q.log_health, q.years); });
}
BENCHMARK(ours)->Name("forecast_first_passage/ours");
BENCHMARK(peer)->Name("forecast_first_passage/peer");
BENCHMARK(ours_all)->Name("forecast_first_passage_all/ours");
BENCHMARK(peer)->Name("forecast_first_passage_all/peer");

void ours_required(benchmark::State& state) {
  each(state,
       [](const question& q) { return trimtab::forecast::required_log_health(q.m, q.accepted, q.years).value(); });
}
double by_toms748(const question& q) {
  const double wanted = std::log(q.accepted);
  const auto off = [&](double x) { return trimtab::forecast::first_passage_of(q.m, x, q.years).log_hit - wanted; };
  std::uintmax_t evaluations = 100;
  const double most = 10.0 * q.m.volatility * std::sqrt(q.years) + std::fabs(q.m.drift) * q.years;
  const auto [low, high] =
      boost::math::tools::toms748_solve(off, 1e-12, most, boost::math::tools::eps_tolerance<double>(50), evaluations);
  return 0.5 * (low + high);
}
void peer_required(benchmark::State& state) {
  for (const question& q : inputs::get())
    if (!close(*trimtab::forecast::required_log_health(q.m, q.accepted, q.years), by_toms748(q), 1e-12))
      return state.SkipWithError("the answers differ");
  each(state, by_toms748);
}
BENCHMARK(ours_required)->Name("forecast_required_health/ours");
BENCHMARK(peer_required)->Name("forecast_required_health/peer");

// One position, many quotes.
constexpr double growth = 0.1, volatility = 0.8;
constexpr int days_ahead = 30;
double quoted(double health) {
  const motion m{.drift = growth - 0.5 * volatility * volatility, .volatility = volatility};
  return trimtab::forecast::liquidation_probability(m, std::log(health), days_ahead / 365.0);
}
void ours_quoted(benchmark::State& state) {
  each(state, [](const question& q) { return quoted(q.health); });
}
BENCHMARK(ours_quoted)->Name("forecast_one_touch/ours");

#ifdef TRIMTAB_BENCH_QUANTLIB
void engine(benchmark::State& state) {
  namespace ql = QuantLib;
  const ql::Date today(15, ql::June, 2026);
  ql::Settings::instance().evaluationDate() = today;
  const ql::Actual365Fixed days;
  const auto health = ql::ext::make_shared<ql::SimpleQuote>(1.5);
  const auto flat = [&](double rate) {
    return ql::Handle<ql::YieldTermStructure>(ql::ext::make_shared<ql::FlatForward>(today, rate, days));
  };
  // Without interest the value is the probability; growth comes as a negative yield.
  const auto process = ql::ext::make_shared<ql::BlackScholesMertonProcess>(
      ql::Handle<ql::Quote>(health), flat(-growth), flat(0.0),
      ql::Handle<ql::BlackVolTermStructure>(
          ql::ext::make_shared<ql::BlackConstantVol>(today, ql::NullCalendar(), volatility, days)));
  ql::VanillaOption touch(ql::ext::make_shared<ql::CashOrNothingPayoff>(ql::Option::Put, 1.0, 1.0),
                          ql::ext::make_shared<ql::AmericanExercise>(today, today + days_ahead));
  touch.setPricingEngine(ql::ext::make_shared<ql::AnalyticDigitalAmericanEngine>(process));
  const auto value = [&](const question& q) {
    health->setValue(q.health);
    return touch.NPV();
  };
  for (const question& q : inputs::get())
    if (!close(quoted(q.health), value(q), 1e-8)) return state.SkipWithError("the answers differ");
  each(state, value);
}
BENCHMARK(engine)->Name("forecast_one_touch/peer");
#endif

}  // namespace
