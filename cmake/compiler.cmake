# C++23 with g++ 12, warnings as errors, and the hardening that a daemon on a shop floor deserves.
set(CMAKE_CXX_STANDARD 23)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_EXPORT_COMPILE_COMMANDS ON)
set(CMAKE_POSITION_INDEPENDENT_CODE ON)
# asserts stay on in every build: they guard invariants of the ledger, and cost nothing beside a disk.
set(CMAKE_CXX_FLAGS_RELEASE "-O2 -g1")

find_program(CCACHE ccache)
if(CCACHE)
  # Paths are hashed relative to the source tree, so a clone in another folder finds the same objects. The
  # rest is for precompiled headers: no time macro stands in one, and they are large to hash for each unit.
  set(CMAKE_CXX_COMPILER_LAUNCHER "${CMAKE_COMMAND}" -E env "CCACHE_BASEDIR=${PROJECT_SOURCE_DIR}"
      CCACHE_NOHASHDIR=1 CCACHE_INODECACHE=1 CCACHE_SLOPPINESS=pch_defines,time_macros "${CCACHE}")
endif()
add_compile_options("-ffile-prefix-map=${PROJECT_SOURCE_DIR}=.")
# For all, not only what links a library that asks for it: precompiled headers want the same macros.
add_compile_options(-pthread)

add_compile_options(-Wall -Wextra -Wpedantic -Werror -Wconversion -Wsign-conversion -Wshadow
                    -Wnon-virtual-dtor -Woverloaded-virtual -Wnull-dereference -fstack-protector-strong)
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
  # False alarms of g++ 12 under -O2: in its own std::string and std::variant (GCC bugs 105329,
  # 105562), and where a coroutine frame comes from a class operator new, as in Asio (109224).
  add_compile_options(-Wno-restrict -Wno-maybe-uninitialized -Wno-null-dereference
                      -Wno-mismatched-new-delete)
  # g++ collects its garbage when its heap has doubled; at four times as much it needs a tenth more memory
  # and a tenth less time.
  add_compile_options(--param=ggc-min-expand=300)
else()
  add_compile_options(-Wthread-safety)
endif()

if(GATEHOUSE_SANITIZE)
  add_compile_options(-fsanitize=${GATEHOUSE_SANITIZE} -fno-omit-frame-pointer
                      -fno-sanitize-recover=all)
  add_link_options(-fsanitize=${GATEHOUSE_SANITIZE})
else()
  add_compile_options($<$<CONFIG:Release>:-D_FORTIFY_SOURCE=2>)
  add_link_options(-Wl,-z,relro,-z,now)
endif()

include_directories("${PROJECT_SOURCE_DIR}")

# For what follows in a room that no scan and no cart passes through: what an operator asks for, and what
# is read once. A quarter less to compile. The same in a package, whose build type is none of CMake's.
macro(off_the_hot_path)
  add_compile_options($<$<NOT:$<CONFIG:Debug>>:-O1>)
endmacro()

# For what follows in this folder and is no part of a box, the tests and the simulator: a third less to
# compile. Libraries are compiled as programs are, so that both use the same precompiled headers. Whoever
# looks at one of them in a debugger builds the dev preset.
macro(quick_to_build)
  set(CMAKE_POSITION_INDEPENDENT_CODE OFF)
  add_compile_options(-fPIE $<$<CONFIG:Release>:-g0>)
  off_the_hot_path()
endmacro()

# A test program itself, on top of that: the work is done by the code that it tests.
function(not_optimised target)
  target_compile_options(${target} PRIVATE "$<$<NOT:$<CONFIG:Debug>>:-O0;-U_FORTIFY_SOURCE>")
endfunction()
