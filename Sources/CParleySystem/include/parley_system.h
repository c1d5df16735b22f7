#ifndef PARLEY_SYSTEM_H
#define PARLEY_SYSTEM_H
#endif
