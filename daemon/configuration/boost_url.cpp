// Debian 12 has Boost.URL as headers alone: this is its one translation unit.
#include <boost/url/src.hpp>
