"""What happens on bad days, one fault at a time: is every mail in one state, and did every letter go once?"""
